//! Credentials that are set outside of the store, and which of them keeps the others from being used.

use crate::config::{EnvCredential, EnvPlace};
use crate::profile::Fingerprint;
use crate::resolver::CredentialId;

/// A place outside of the store that sets a credential.
#[derive(Debug, Clone)]
pub(crate) struct Outside {
    /// What the credential is called. Several places may set the same one.
    pub(crate) credential: CredentialId,
    /// Where it is set; `None` where that is a provider's `apiKey` in the configuration.
    pub(crate) place: Option<EnvPlace>,
    /// The fingerprint of what it holds, where that is known.
    pub(crate) fingerprint: Option<Fingerprint>,
    /// Whether it is one of several keys in one variable, which take turns.
    is_of_list: bool,
    shadowed: bool,
}

impl Outside {
    pub(crate) fn of(found: EnvCredential) -> Self {
        Self {
            fingerprint: Some(Fingerprint::of(&found.secret)),
            is_of_list: found.name != found.variable,
            credential: CredentialId::Env(found.name),
            place: Some(found.place),
            shadowed: found.shadowed,
        }
    }

    pub(crate) fn configured(credential: CredentialId, fingerprint: Option<Fingerprint>) -> Self {
        Self { credential, place: None, fingerprint, is_of_list: false, shadowed: false }
    }

    /// The variable, or the provider whose `apiKey` it is.
    #[cfg(feature = "cli")]
    pub(crate) fn name(&self) -> &str {
        match &self.credential {
            CredentialId::Env(name) => name,
            CredentialId::Config(provider) => provider.as_str(),
            CredentialId::Profile(id) => id.as_str(),
            CredentialId::None => "none",
        }
    }

    /// Whether it is one of several keys in one variable, which are all tried.
    pub(crate) fn takes_turns(&self) -> bool {
        self.is_of_list && !self.shadowed
    }

    fn place(&self) -> &'static str {
        self.place.map_or("configuration", EnvPlace::as_str)
    }
}

/// What keeps each of `places` from being used, one sentence each: the profiles of the store, whose secrets are `stored`
/// (`None` where there are none), else the place before it. `places` are in their order of precedence.
pub(crate) fn shadows(places: &[Outside], stored: Option<&[Fingerprint]>) -> Vec<String> {
    let mut said = Vec::new();
    for (index, this) in places.iter().enumerate() {
        let (by, known): (String, Vec<&Fingerprint>) = match (stored, places.first()) {
            (Some(stored), _) => ("the auth store".to_owned(), stored.iter().collect()),
            (None, Some(first)) if index > 0 => {
                let same = places[..index].iter().find(|other| other.credential == this.credential);
                let first = same.unwrap_or(first);
                (format!("{} in the {}", first.credential, first.place()), first.fingerprint.iter().collect())
            }
            (None, _) => continue,
        };
        // They take turns, and the candidates show them.
        if stored.is_none() && this.takes_turns() {
            continue;
        }
        let differs = this.fingerprint.as_ref().is_some_and(|own| !known.is_empty() && !known.contains(&own));
        let differs = if differs { ", and holds something else" } else { "" };
        said.push(format!("{} in the {} is there too, but {by} comes first{differs}", this.credential, this.place()));
    }
    said
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::{Outside, shadows};
    use crate::config::{EnvCredential, EnvPlace, Mode};
    use crate::profile::Fingerprint;

    fn set(name: &str, place: EnvPlace, secret: &str, shadowed: bool) -> Outside {
        let variable = name.split('#').next().unwrap_or_default().to_owned();
        let secret = SecretString::from(secret);
        Outside::of(EnvCredential { name: name.to_owned(), variable, secret, place, mode: Mode::ApiKey, shadowed })
    }

    #[test]
    fn every_place_but_the_first_is_named_and_whether_it_differs() {
        let places = [
            set("A_API_KEY", EnvPlace::ProcessEnv, "one", false),
            set("A_API_KEYS#1", EnvPlace::ProcessEnv, "two", false),
            set("A_API_KEY", EnvPlace::StateDotenv, "one", true),
            set("A_API_KEY", EnvPlace::LoginShell, "three", true),
        ];
        assert_eq!(
            shadows(&places, None),
            [
                "env:A_API_KEY in the state-dir .env is there too, but env:A_API_KEY in the process environment comes first",
                "env:A_API_KEY in the login shell is there too, but env:A_API_KEY in the process environment comes first, \
                 and holds something else",
            ]
        );
        let stored = [Fingerprint::of(&SecretString::from("two"))];
        let said = shadows(&places, Some(&stored));
        assert_eq!(said.len(), 4);
        assert_eq!(said[1], "env:A_API_KEYS#1 in the process environment is there too, but the auth store comes first");
        assert!(said[0].ends_with("but the auth store comes first, and holds something else"), "{}", said[0]);
        assert!(shadows(&[], None).is_empty());
    }
}
