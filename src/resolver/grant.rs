//! How an OAuth grant stands whose access token is no longer good.

use jiff::Timestamp;

use crate::health::FailureClass;
use crate::oauth::{NoRenewal, TokenEndpoint, login_command, resting};
use crate::profile::{Credential, Expiry, Fingerprint, OAuth, Profile};
use crate::resolver::{Question, Standing};

/// How the grant in `profile` stands once its access token has ended; `None` while that is good, and for any other
/// credential.
pub(crate) fn lapsed(profile: &Profile, question: &Question<'_>) -> Option<Standing> {
    let Credential::OAuth(grant) = &profile.credential else { return None };
    let endpoint = TokenEndpoint::of(profile, question.auth);
    let what = what_is_wrong(grant, endpoint.is_ok(), question.now)?;
    Some(match endpoint {
        Err(NoRenewal::NotAGrant) => return None,
        Err(why) => Standing::Unusable(format!("{what}; {why}")),
        Ok(_) => {
            let refresh = grant.refresh.as_ref().map(Fingerprint::of);
            let resting =
                refresh.and_then(|refresh| resting(question.benches, &profile.provider, &refresh, question.now));
            match resting {
                None => Standing::Refreshable,
                Some(bench) if bench.class == FailureClass::NeedsLogin || bench.until.is_none() => {
                    Standing::NeedsLogin(login_command(profile))
                }
                Some(bench) => Standing::Benched(bench.clone()),
            }
        }
    })
}

/// What is the matter with the access token, if anything. An end that is no time counts as gone by where the token can be
/// renewed; where it cannot, the token is tried.
fn what_is_wrong(grant: &OAuth, renewable: bool, now: Timestamp) -> Option<String> {
    match (&grant.access, grant.expires) {
        (None, _) => Some("it has no access token".to_owned()),
        (Some(_), Expiry::At(end)) if end <= now => Some(format!("its access token ended at {end:.0}")),
        (Some(_), Expiry::Invalid) if renewable => Some("the end of its access token is no time".to_owned()),
        (Some(_), Expiry::At(_) | Expiry::Never | Expiry::Invalid) => None,
    }
}
