//! What is to be said of a credential, and whether it counts.

use jiff::Timestamp;

use crate::health::{Bench, FailureClass};
use crate::oauth::login_command;
use crate::profile::{Credential, Exclusion, Expiry, Profile, ProfileId};
use crate::resolver::{CredentialId, Standing};
use crate::status::check::Level;
use crate::status::kept::{left, milliseconds, refreshable, rest};
use crate::status::survey::{Stand, Surveyed};
use crate::status::{Facts, Remark};

/// A remark, and how it counts; `None` for one that is a warning.
pub(crate) type Said = (Option<Level>, Remark);

/// What is to be said of `stand`; `None` where all is well.
pub(crate) fn of_stand(stand: &Stand<'_>, facts: &Facts<'_>) -> Option<Said> {
    let found = obstacle(stand, facts).or_else(|| ending(stand, facts))?;
    let Found { level, code, why, fix } = found;
    let pinned = match stand.pins.len() {
        0 => String::new(),
        1 => format!("; pinned in {}", stand.pins[0]),
        many => format!("; pinned in {many} sessions"),
    };
    let unused = if stand.in_use { "" } else { " (not in use)" };
    let stored = stand.profile.filter(|profile| profile.origin.managed_by.is_none());
    let fix = match stored.filter(|_| !stand.in_use && level.is_some()) {
        Some(profile) => Some(remove(&profile.id, facts)),
        None => fix,
    };
    let remark = Remark {
        code,
        provider: Some(stand.provider.to_string()),
        profile: Some(stand.id.to_string()),
        why: format!("{why}{pinned}{unused}"),
        fix,
    };
    Some((level.filter(|_| stand.in_use), remark))
}

/// What is to be said of a provider as a whole.
pub(crate) fn of_provider(provider: &Surveyed<'_>, facts: &Facts<'_>) -> Option<Said> {
    let Surveyed { id, in_use, endpoint, stands } = provider;
    let remark = |code, why, fix| Remark { code, provider: Some(id.to_string()), profile: None, why, fix };
    if !in_use {
        return None;
    }
    if let Err(why) = endpoint {
        return Some((Some(Level::Missing), remark("no_endpoint", why.clone(), None)));
    }
    if stands.iter().all(|stand| !stand.in_use) {
        let left_out = stands.iter().filter(|stand| stand.exclusion.is_some()).count();
        let why = match left_out {
            0 => format!("there is no credential for {id}"),
            1 => format!("the one credential for {id} is left out of its auth order"),
            all => format!("all {all} credentials for {id} are left out of its auth order"),
        };
        let fix = (facts.command)(&format!("models auth add --provider {id}"));
        return Some((Some(Level::Missing), remark("missing", why, Some(fix))));
    }
    let free = stands.iter().filter(|stand| stand.in_use).filter_map(|stand| stand.standing.free_at()).min();
    match free {
        Some(free) if stands.iter().all(|stand| !stand.is_usable()) => {
            let why = format!("no credential for {id} can answer before {free:.0}");
            Some((None, remark("all_waiting", why, None)))
        }
        Some(_) | None => None,
    }
}

/// One thing that is wrong.
struct Found {
    level: Option<Level>,
    code: &'static str,
    why: String,
    fix: Option<String>,
}

impl Found {
    fn missing(code: &'static str, why: String, fix: Option<String>) -> Self {
        Self { level: Some(Level::Missing), code, why, fix }
    }
}

/// Why no request is sent with it, or why it should not be counted on.
fn obstacle(stand: &Stand<'_>, facts: &Facts<'_>) -> Option<Found> {
    if let Some(trouble) = &stand.trouble {
        return Some(Found::missing("missing", trouble.clone(), None));
    }
    if let Some(why) = &stand.exclusion {
        return excluded(stand, why, facts);
    }
    // Somebody wants it so: that is said, and counts no more than a bench.
    if let Some(why) = facts.moment.barred.why(&stand.id) {
        let id = stand.profile.map(|profile| &profile.id).filter(|id| facts.moment.barred.is_switched_off(id));
        let fix = id.map(|id| (facts.command)(&format!("models auth enable {}", word(id.as_str()))));
        let code = if fix.is_some() { "disabled" } else { "budget" };
        return Some(Found { level: None, code, why, fix });
    }
    match &stand.standing {
        Standing::Ready | Standing::Refreshable => None,
        Standing::Probe(bench) | Standing::Benched(bench) => Some(benched(stand, bench, facts)),
        Standing::NotedElsewhere(until) => {
            let why = format!("cooling down until {until:.0}, noted by another program");
            Some(Found { level: None, code: "cooldown", why, fix: Some(clear(stand, facts)) })
        }
        Standing::NeedsLogin(command) => {
            let why = "its refresh token is no longer taken".to_owned();
            Some(Found::missing("needs_login", why, Some(ours(command, facts))))
        }
        Standing::Unusable(why) => {
            let ended = stand.profile.is_some_and(|profile| has_ended(profile, facts.moment.now));
            let code = if ended { "expired" } else { "unusable" };
            Some(Found::missing(code, why.clone(), stand.profile.map(|profile| anew(profile, facts))))
        }
    }
}

/// Why it is not tried by itself. What the operator has left out is not even a warning, unless it has ended.
fn excluded(stand: &Stand<'_>, why: &Exclusion, facts: &Facts<'_>) -> Option<Found> {
    let profile = stand.profile;
    let ended = profile.filter(|profile| has_ended(profile, facts.moment.now));
    let again = profile.map(|profile| anew(profile, facts));
    let text = why.to_string();
    Some(match why {
        Exclusion::NotInOrder | Exclusion::NotDeclared => {
            let profile = ended.filter(|profile| {
                !refreshable(profile, &facts.moment.settings.config.auth, facts.moment.benches, facts.moment.now)
            })?;
            Found::missing("expired", format!("{text}, and has expired"), Some(remove(&profile.id, facts)))
        }
        Exclusion::Expired(_) => Found::missing("expired", text, again),
        Exclusion::ExpiredOutside(cli, at) => {
            let why = format!("expired at {at:.0}; managed by {cli}");
            Found::missing("expired", why, Some(cli.remedy().to_owned()))
        }
        // It may open again where the key is; the words say which.
        Exclusion::Sealed(_) => Found::missing("sealed", text, again),
        Exclusion::MissingCredential => Found::missing("missing", text, again),
        Exclusion::ProfileMissing => {
            let fix = format!("models auth add --provider {}{}", stand.provider, named(&stand.id));
            Found::missing("missing", text, Some((facts.command)(&fix)))
        }
        Exclusion::InvalidExpires => Found::missing("invalid_expires", text, again),
        Exclusion::ProviderMismatch | Exclusion::ModeMismatch | Exclusion::ReferenceUnderOAuth => {
            let config = facts.shown(&facts.places.config_path);
            let fix = format!("change its entry under `auth.profiles` or `auth.order` in {config}");
            Found::missing(why.code(), text, Some(fix))
        }
    })
}

/// What passes by itself is a warning; what a person has to mend counts, for it would still be so tomorrow.
fn benched(stand: &Stand<'_>, bench: &Bench, facts: &Facts<'_>) -> Found {
    let until =
        bench.until.map_or_else(|| "until its secret is replaced".to_owned(), |until| format!("until {until:.0}"));
    let again = || stand.profile.map(|profile| anew(profile, facts));
    match bench.class {
        FailureClass::Auth => Found::missing("refused", format!("its provider refused it; not used {until}"), again()),
        FailureClass::ClientOnly => {
            let why = "its provider takes it from its own client only".to_owned();
            let fix = (facts.command)(&format!("models auth add --provider {}", stand.provider));
            Found::missing("client_only", why, Some(fix))
        }
        FailureClass::Billing => {
            let why = format!("its account cannot pay; not used {until}");
            let fix = Some(format!("pay, then: {}", clear(stand, facts)));
            Found::missing("billing", why, fix)
        }
        FailureClass::NeedsLogin => {
            let why = "its refresh token is no longer taken".to_owned();
            Found::missing("needs_login", why, stand.profile.map(|profile| ours(&login_command(profile), facts)))
        }
        FailureClass::NotRenewed => {
            let why = format!(
                "expired, and its last renewal failed; the next is tried {}",
                until.trim_start_matches("until ")
            );
            Found { level: Some(Level::Expiring), code: "not_renewed", why, fix: Some(clear(stand, facts)) }
        }
        FailureClass::RateLimit
        | FailureClass::AccountLimit
        | FailureClass::Overloaded
        | FailureClass::Server
        | FailureClass::Timeout
        | FailureClass::Malformed
        | FailureClass::ContextOverflow
        | FailureClass::ModelNotFound => {
            let why = format!("{} {until}", bench.class);
            Found { level: None, code: "cooldown", why, fix: Some(clear(stand, facts)) }
        }
    }
}

/// What will be wrong soon with what is usable now.
fn ending(stand: &Stand<'_>, facts: &Facts<'_>) -> Option<Found> {
    let profile = stand.profile?;
    let Facts { moment, warn, .. } = facts;
    let Expiry::At(end) = profile.expires() else { return None };
    let remaining = end.duration_since(moment.now);
    // Its owner renews it, or runs it dry: nothing for us to warn of before it has ended.
    if profile.origin.managed_by.is_some() || remaining > *warn {
        return None;
    }
    if refreshable(profile, &moment.settings.config.auth, moment.benches, moment.now) {
        let paused = rest(profile, moment.benches, moment.now)?;
        let why = format!("its last renewal failed ({})", paused.class);
        return Some(Found { level: None, code: "not_renewed", why, fix: Some(clear(stand, facts)) });
    }
    let left = left(milliseconds(remaining));
    let why = match rest(profile, moment.benches, moment.now) {
        Some(_) => format!("expires in {left}, and its refresh token is no longer taken"),
        None => format!("expires in {left}, at {end:.0}"),
    };
    Some(Found { level: Some(Level::Expiring), code: "expiring", why, fix: Some(anew(profile, facts)) })
}

fn has_ended(profile: &Profile, now: Timestamp) -> bool {
    matches!(profile.expires(), Expiry::At(end) if end <= now)
}

/// How to put a new secret in the place of the one in `profile`.
fn anew(profile: &Profile, facts: &Facts<'_>) -> String {
    let Profile { id, provider, credential, .. } = profile;
    if let Some(cli) = profile.origin.managed_by {
        return cli.remedy().to_owned();
    }
    let verb = match credential {
        Credential::ApiKey { .. } => "add",
        Credential::Token { .. } if provider.as_str() == "anthropic" => "setup-token",
        Credential::Token { .. } => "paste-token",
        Credential::OAuth(_) => return ours(&login_command(profile), facts),
    };
    let name = named(&CredentialId::Profile(id.clone()));
    (facts.command)(&format!("models auth {verb} --provider {provider}{name}"))
}

fn remove(id: &ProfileId, facts: &Facts<'_>) -> String {
    (facts.command)(&format!("models auth remove {}", word(id.as_str())))
}

fn clear(stand: &Stand<'_>, facts: &Facts<'_>) -> String {
    let what = match stand.id.profile() {
        Some(id) => word(id.as_str()),
        None => "--all".to_owned(),
    };
    (facts.command)(&format!("models auth clear-cooldown {what}"))
}

fn named(id: &CredentialId) -> String {
    id.profile().map(|id| format!(" --profile-id {}", word(id.as_str()))).unwrap_or_default()
}

/// `text` as one word of a command line.
pub(crate) fn word(text: &str) -> String {
    if text.contains(|c: char| c.is_whitespace() || "'\"$\\`|&;<>()*?[]#!".contains(c)) {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        text.to_owned()
    }
}

/// A command of ours by the name that this program was called by, and for the same installation.
fn ours(command: &str, facts: &Facts<'_>) -> String {
    command.strip_prefix("modelpin ").map_or_else(|| command.to_owned(), |rest| (facts.command)(rest))
}
