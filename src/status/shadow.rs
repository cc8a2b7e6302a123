//! Which credentials of a provider are outside of the store, and which of those are shadowed.

use crate::catalog::ProviderId;
use crate::config::EnvPlace;
use crate::profile::Fingerprint;
use crate::resolver::CredentialId;
use crate::settings::Loaded;
use crate::status::report::{Shadowed, Sourced};
use crate::status::survey::Surveyed;
use crate::status::{Facts, Remark};

/// One credential outside of the store.
pub(crate) struct Outside {
    /// `env: NAME`, as the family writes it, with the place where that is not the process.
    pub(crate) source: String,
    pub(crate) fingerprint: Option<Fingerprint>,
    /// Whether it stands in the configuration.
    pub(crate) configured: bool,
}

/// Those of `provider`, the one that counts first.
pub(crate) fn outside(provider: &ProviderId, facts: &Facts<'_>) -> Vec<Outside> {
    let Loaded { config, environment, .. } = facts.moment.settings;
    let mut found: Vec<Outside> = environment
        .credentials(provider)
        .into_iter()
        .map(|credential| Outside {
            source: match credential.place {
                EnvPlace::ProcessEnv => format!("env: {}", credential.name),
                EnvPlace::StateDotenv | EnvPlace::ConfigEnv => {
                    format!("env: {} ({})", credential.name, credential.place.as_str())
                }
                EnvPlace::LoginShell => format!("shell env: {}", credential.name),
            },
            fingerprint: Some(Fingerprint::of(&credential.secret)),
            configured: false,
        })
        .collect();
    let entry = config.providers.get(provider).filter(|entry| entry.api_key.is_some() || entry.api_key_ref.is_some());
    if let Some(entry) = entry {
        let strays = facts.moment.wallet.stray(provider, facts.moment.settings).into_iter();
        let known =
            strays.filter(|stray| matches!(stray.id, CredentialId::Config(_))).find_map(|stray| stray.fingerprint);
        let fingerprint = entry.api_key.as_ref().map(Fingerprint::of).or(known);
        let source = format!("models.json: {}", facts.shown(&facts.places.config_path));
        found.push(Outside { source, fingerprint, configured: true });
    }
    found
}

/// Those that do not count, because a stored profile or one named above comes first.
pub(crate) fn shadowed(provider: &Surveyed<'_>, outside: &[Outside]) -> Vec<Shadowed> {
    let stray = |id: &CredentialId| matches!(id, CredentialId::Env(_) | CredentialId::Config(_));
    let counts = provider.stands.iter().any(|stand| stray(&stand.id));
    let stored: Vec<&Fingerprint> = provider.stands.iter().filter_map(|stand| stand.fingerprint.as_ref()).collect();
    let winner = outside.first().filter(|_| counts).and_then(|first| first.fingerprint.as_ref());
    let shadowed = outside.iter().skip(usize::from(counts));
    shadowed
        .map(|outside| {
            let own = outside.fingerprint.as_ref();
            let same = own.is_some_and(|own| if counts { Some(own) == winner } else { stored.contains(&own) });
            Shadowed { source: outside.source.clone(), fingerprint: own.map(ToString::to_string), differs: !same }
        })
        .collect()
}

/// A warning for each that differs from what counts: whoever changed it may believe that it is used.
pub(crate) fn remarks(provider: &ProviderId, shadowed: &[Shadowed]) -> Vec<Remark> {
    let differing = shadowed.iter().filter(|shadowed| shadowed.differs);
    differing
        .map(|shadowed| Remark {
            code: "shadowed",
            provider: Some(provider.to_string()),
            profile: None,
            why: format!("{} is there too and differs, but something else comes first", shadowed.source),
            fix: None,
        })
        .collect()
}

/// What is said of a source in the family's keys.
pub(crate) fn sourced(outside: &Outside) -> Sourced {
    let value = outside.fingerprint.as_ref().map_or_else(|| "kept elsewhere".to_owned(), shown);
    Sourced { value, source: outside.source.clone() }
}

/// A fingerprint, so that nobody takes it for a part of a key.
pub(crate) fn shown(fingerprint: &Fingerprint) -> String {
    format!("fp:{fingerprint}")
}
