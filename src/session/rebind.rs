//! A pin whose profile is gone, while its account is still there.

use crate::profile::{ProfileId, Profiles};
use crate::session::{Pin, Selection};

/// The selection with its pin moved to the profile that the same account has now; `None` where the pin is as it should be,
/// or where it is not certain whose profile would take its place.
///
/// A new login of an account may mint a new id. Nobody is guessed: the account behind the pin was remembered when it was
/// made, and exactly one profile of the same provider must be that account's.
pub fn rebound(selection: &Selection, profiles: &Profiles, may_use: impl Fn(&ProfileId) -> bool) -> Option<Selection> {
    let pin = selection.pin.as_ref().filter(|pin| !profiles.by_id.contains_key(&pin.profile))?;
    let (account, model) = (pin.account.as_deref()?, selection.model.as_ref()?);
    let mut same = profiles
        .by_id
        .values()
        .filter(|profile| profile.provider == model.provider && profile.is_account(account) && may_use(&profile.id));
    let (found, None) = (same.next()?, same.next()) else { return None };
    let by = selection.pin.as_ref().and_then(|pin| pin.by.clone());
    let pin = Pin { profile: found.id.clone(), account: found.account(), by };
    Some(Selection { pin: Some(pin), ..selection.clone() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::rebound;
    use crate::agent::AgentId;
    use crate::profile::{Credential, Origin, Profile, ProfileId, Profiles, Seal, SecretValue};
    use crate::session::{Pin, Selection};

    fn profiles(of: &[(&str, &str, &str)]) -> Profiles {
        let origin = Arc::new(Origin { agent: AgentId::main(), path: "/x".into(), managed_by: None });
        let profile = |(id, provider, email): &(&str, &str, &str)| Profile {
            id: id.parse().unwrap(),
            provider: provider.parse().unwrap(),
            credential: Credential::ApiKey { key: SecretValue::Missing },
            email: Some((*email).to_owned()),
            account: None,
            display_name: None,
            origin: origin.clone(),
            seal: Seal::Absent,
        };
        let by_id = of.iter().map(profile).map(|profile| (profile.id.clone(), Arc::new(profile))).collect();
        Profiles { by_id, ..Profiles::default() }
    }

    fn pinned(profile: &str, account: Option<&str>) -> Selection {
        let mut selection = Selection::trial("anthropic/m".parse().unwrap(), Timestamp::UNIX_EPOCH);
        selection.pin = Some(Pin { profile: profile.parse().unwrap(), account: account.map(str::to_owned), by: None });
        selection
    }

    fn found(selection: &Selection, profiles: &Profiles) -> Option<String> {
        let rebound = rebound(selection, profiles, |_: &ProfileId| true)?;
        Some(rebound.pin.unwrap().profile.to_string())
    }

    #[test]
    fn the_same_account_under_a_new_id_is_found() {
        let store =
            profiles(&[("anthropic:new", "anthropic", "me@example.com"), ("openai:me", "openai", "me@example.com")]);
        assert_eq!(found(&pinned("anthropic:old", Some("me@example.com")), &store).as_deref(), Some("anthropic:new"));
    }

    #[test]
    fn nobody_is_guessed() {
        let one = profiles(&[("anthropic:new", "anthropic", "me@example.com")]);
        assert_eq!(found(&pinned("anthropic:new", Some("me@example.com")), &one), None, "it is still there");
        assert_eq!(found(&pinned("anthropic:old", None), &one), None, "nothing is known of the account");
        assert_eq!(found(&pinned("anthropic:old", Some("you@example.com")), &one), None, "another account");
        let two =
            profiles(&[("anthropic:a", "anthropic", "me@example.com"), ("anthropic:b", "anthropic", "me@example.com")]);
        assert_eq!(found(&pinned("anthropic:old", Some("me@example.com")), &two), None, "which of the two?");
        let hidden = rebound(&pinned("anthropic:old", Some("me@example.com")), &one, |_: &ProfileId| false);
        assert_eq!(hidden, None, "one that may not be used does not exist");
    }
}
