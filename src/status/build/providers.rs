//! The parts of the report about one provider and one profile.

use jiff::Timestamp;

use crate::config::AuthPlace;
use crate::health::{Bench, FailureClass};
use crate::profile::{Credential, Expiry, ExternalCli, Profile};
use crate::resolver::CredentialId;
use crate::status::Facts;
use crate::status::build::counts;
use crate::status::kept::{expiry, left, milliseconds, refreshable, status_word};
use crate::status::report::{Benched, Effective, Origin, Pins, ProfileStatus, Provider, ProviderStatus, Unusable};
use crate::status::shadow::{outside, shadowed, shown, sourced};
use crate::status::survey::{Stand, Surveyed};
use crate::status::verdict::of_stand;

/// A provider; `None` where there is nothing to say of it.
pub(crate) fn provider_view(provider: &Surveyed<'_>, facts: &Facts<'_>) -> Option<Provider> {
    let Surveyed { id, in_use, endpoint, stands } = provider;
    let outside = outside(id, facts);
    let profiles = || stands.iter().filter_map(|stand| stand.profile);
    if !in_use && outside.is_empty() && profiles().next().is_none() {
        return None;
    }
    let env = outside.iter().find(|found| !found.configured).map(sourced);
    let models_json = outside.iter().find(|found| found.configured).map(sourced);
    let tried: Vec<&Stand<'_>> = stands.iter().filter(|stand| stand.exclusion.is_none()).collect();
    let first = tried.iter().find(|stand| stand.id != CredentialId::None).or(tried.first());
    let effective = match first.map(|stand| &stand.id) {
        Some(CredentialId::Profile(_)) => (
            "profiles",
            facts.shown(&facts.places.agent_dir(&facts.moment.settings.config, facts.agent).join("auth-profiles.json")),
        ),
        Some(CredentialId::Env(_)) => ("env", env.as_ref().map(|env| env.value.clone()).unwrap_or_default()),
        Some(CredentialId::Config(_)) => {
            ("models.json", models_json.as_ref().map(|found| found.value.clone()).unwrap_or_default())
        }
        Some(CredentialId::None) => ("keyless", "no credential is needed".to_owned()),
        None => ("missing", "missing".to_owned()),
    };
    let mut counts = counts(profiles());
    counts.labels = stands.iter().filter_map(|stand| label(stand, facts)).collect();
    let now = facts.moment.now;
    let of_models = facts.moment.benches.iter().filter(|bench| bench.scope.provider == *id && bench.holds(now));
    Some(Provider {
        provider: id.to_string(),
        effective: Effective { kind: effective.0, detail: effective.1 },
        profiles: counts,
        env,
        models_json,
        in_use: *in_use,
        endpoint: endpoint.as_ref().ok().cloned(),
        order: tried.iter().map(|stand| stand.id.to_string()).collect(),
        shadowed: shadowed(provider, &outside),
        health: of_models.filter(|bench| bench.scope.fingerprint.is_none()).map(benched).collect(),
    })
}

/// A profile; `None` for what is not in a store.
pub(crate) fn profile_status(stand: &Stand<'_>, facts: &Facts<'_>) -> Option<ProfileStatus> {
    let profile = stand.profile?;
    let moment = &facts.moment;
    let (auth, now) = (&moment.settings.config.auth, moment.now);
    let expiry = expiry(profile, facts.warn, now);
    let refreshable = refreshable(profile, auth, moment.benches, now);
    let usable = stand.is_usable() && stand.exclusion.is_none();
    let said = of_stand(stand, facts).map(|(_, remark)| remark.why);
    let left_out = stand.exclusion.as_ref().map(ToString::to_string);
    let managed = profile.origin.managed_by;
    let refreshed = (refreshable && expiry.state == "expired").then(|| "expired (refreshable)".to_owned());
    let managed_words = managed.map(|cli| format!("managed by {cli}"));
    Some(ProfileStatus {
        profile_id: profile.id.to_string(),
        provider: profile.provider.to_string(),
        kind: kind(&profile.credential),
        status: status_word(&profile.credential, &expiry, refreshable),
        expires_at: at(profile),
        remaining_ms: expiry.remaining_ms,
        source: source(managed),
        label: label(stand, facts)?,
        origin: Origin {
            agent: profile.origin.agent.to_string(),
            file: facts.shown(&profile.origin.path),
            kind: origin(profile, managed, auth.store),
        },
        expiry,
        refreshable,
        usable,
        reason: said.or(left_out).or(refreshed).or(managed_words),
        health: of_profile(profile, facts).map(benched).collect(),
        in_use: stand.in_use,
        pins: Pins { count: stand.pins.len(), sessions: stand.pins.iter().map(ToString::to_string).collect() },
        fingerprint: stand.fingerprint.as_ref().map(ToString::to_string),
    })
}

/// The family's summary of a provider: only what can end counts, the worst of it.
pub(crate) fn provider_status(provider: &str, profiles: Vec<ProfileStatus>) -> ProviderStatus {
    let ending = || profiles.iter().filter(|profile| profile.kind != "api_key");
    let any = |words: &[&str]| ending().any(|profile| words.contains(&profile.status));
    let status = if profiles.is_empty() {
        "missing"
    } else if ending().next().is_none() {
        "static"
    } else if any(&["expired", "missing"]) {
        "expired"
    } else if any(&["expiring"]) {
        "expiring"
    } else {
        "ok"
    };
    let first = ending().filter_map(|profile| Some((profile.expires_at?, profile.remaining_ms?))).min();
    ProviderStatus {
        provider: provider.to_owned(),
        status,
        expires_at: first.map(|(at, _)| at),
        remaining_ms: first.map(|(_, left)| left),
        profiles,
    }
}

/// What keeps a profile out for a while: what the family noted, and our own benches.
pub(crate) fn unusable(stand: &Stand<'_>, facts: &Facts<'_>) -> Vec<Unusable> {
    let Some(profile) = stand.profile else { return Vec::new() };
    let now = facts.moment.now;
    let line = |kind, reason, until: Option<Timestamp>| Unusable {
        profile_id: profile.id.to_string(),
        provider: profile.provider.to_string(),
        kind,
        reason,
        until: until.map(Timestamp::as_millisecond),
        remaining_ms: until.map(|until| milliseconds(until.duration_since(now))),
    };
    let usage = facts.moment.profiles.usage.get(&profile.id);
    let noted = usage.and_then(|usage| Some((usage, usage.cooling(None, now)?))).map(|(usage, until)| {
        let kind = if usage.disabled { "disabled" } else { "cooldown" };
        line(kind, usage.cooldown_reason.clone(), Some(until))
    });
    let ours = of_profile(profile, facts)
        .map(|bench| line(kind_of(bench), Some(bench.class.as_str().to_owned()), bench.until));
    noted.into_iter().chain(ours).collect()
}

fn kind_of(bench: &Bench) -> &'static str {
    let long = matches!(
        bench.class,
        FailureClass::Billing | FailureClass::Auth | FailureClass::NeedsLogin | FailureClass::ClientOnly
    );
    if long { "disabled" } else { "cooldown" }
}

/// The benches under the secrets of `profile`, what a variable holds among them.
fn of_profile<'a>(profile: &Profile, facts: &Facts<'a>) -> impl Iterator<Item = &'a Bench> {
    // Hashing is most of the work, and mostly there is nothing to look for.
    let mut prints = Vec::new();
    if !facts.moment.benches.is_empty() {
        prints = profile.fingerprints();
        prints.extend(facts.moment.wallet.fingerprint(profile));
    }
    let (provider, now) = (profile.provider.clone(), facts.moment.now);
    facts.moment.benches.iter().filter(move |bench| {
        let of_it = bench.scope.fingerprint.as_ref().is_some_and(|print| prints.contains(print));
        of_it && bench.scope.provider == provider && bench.holds(now)
    })
}

fn benched(bench: &Bench) -> Benched {
    let Bench { scope, class, strikes, since: _, until } = bench;
    let until = until.map(|until| format!("{until:.0}"));
    Benched { scope: scope.to_string(), class: class.as_str(), until, strikes: *strikes }
}

/// The family's label, with a fingerprint where it shows pieces of the key.
fn label(stand: &Stand<'_>, facts: &Facts<'_>) -> Option<String> {
    let profile = stand.profile?;
    let print = stand.fingerprint.as_ref().map_or_else(|| "missing".to_owned(), shown);
    let what = match &profile.credential {
        Credential::ApiKey { .. } => print,
        Credential::Token { .. } => format!("token:{print}"),
        Credential::OAuth(_) => match &profile.email {
            Some(email) => format!("OAuth ({email})"),
            None => "OAuth".to_owned(),
        },
    };
    let suffix = unusable(stand, facts).into_iter().next().map(|unusable| {
        let left = unusable.remaining_ms.map(|ms| format!(" {}", left(ms))).unwrap_or_default();
        let reason = unusable.reason.filter(|_| unusable.kind == "disabled").map(|reason| format!(":{reason}"));
        format!(" [{}{}{left}]", unusable.kind, reason.unwrap_or_default())
    });
    Some(format!("{}={what}{}", profile.id, suffix.unwrap_or_default()))
}

fn at(profile: &Profile) -> Option<i64> {
    match profile.expires() {
        Expiry::At(end) => Some(end.as_millisecond()),
        Expiry::Never | Expiry::Invalid => None,
    }
}

fn kind(credential: &Credential) -> &'static str {
    match credential {
        Credential::ApiKey { .. } => "api_key",
        Credential::Token { .. } => "token",
        Credential::OAuth(_) => "oauth",
    }
}

fn source(managed: Option<ExternalCli>) -> &'static str {
    match managed {
        Some(ExternalCli::ClaudeCode) => "claude-cli",
        Some(ExternalCli::Codex) => "codex-cli",
        Some(ExternalCli::Qwen) => "qwen-cli",
        None => "store",
    }
}

fn origin(profile: &Profile, managed: Option<ExternalCli>, place: AuthPlace) -> &'static str {
    match managed {
        Some(ExternalCli::ClaudeCode) => "claude-code",
        Some(ExternalCli::Codex) => "codex",
        Some(ExternalCli::Qwen) => "qwen",
        None if place == AuthPlace::Database => "database",
        // What `auth.json` and `oauth.json` hold is read as the store would be that is not there yet.
        None if !profile.origin.path.exists() => "legacy",
        None => "store",
    }
}
