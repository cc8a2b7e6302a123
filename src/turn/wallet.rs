//! From the name of a credential to the secret that goes on the wire.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use secrecy::SecretString;
use tokio::sync::Semaphore;

use crate::catalog::ProviderId;
use crate::config::Mode;
use crate::health::FailureClass;
#[cfg(feature = "cli")]
use crate::profile::SecretSource;
use crate::profile::{
    Credential, Fingerprint, Profile, Profiles, SecretRef, SecretTrouble, SecretValue, Secrets, is_setup_token,
    is_still_sealed,
};
use crate::provider::{Auth, Endpoint, Failure, NoEndpoint};
use crate::receipt::BillingClass;
use crate::resolver::{CredentialId, Stray};
use crate::settings::Loaded;
use crate::turn::outside::Outside;

/// Opens secrets at the moment of use.
///
/// What a reference leads to is not kept: only its fingerprint is remembered, so that benches can be looked up without
/// going there.
pub(crate) struct Wallet {
    seen: Mutex<HashMap<CredentialId, (SecretRef, Fingerprint)>>,
    /// Leave to follow a reference: many chats at once must not start a program each.
    opening: Semaphore,
}

/// How many references are followed at once, as in the family.
const AT_ONCE: usize = 4;

impl Default for Wallet {
    fn default() -> Self {
        Self { seen: Mutex::default(), opening: Semaphore::new(AT_ONCE) }
    }
}

/// A credential could not be made ready. The turn passes it over and says why.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WalletFault {
    /// The profile, the variable or the configured key went away between choosing and using it.
    #[error("{0} is not there any more")]
    Gone(CredentialId),
    /// A reference leads nowhere.
    #[error("{credential}: {fault}")]
    Secret {
        /// Whose reference it is.
        credential: CredentialId,
        /// What is wrong with it.
        fault: SecretTrouble,
    },
    /// What was found is a sealed value: in a variable, or behind a reference into a store.
    #[error("{0} leads to a sealed value, which opens nowhere but in its own profile; nothing was sent")]
    Sealed(CredentialId),
    /// modelpin cannot talk to the provider.
    #[error(transparent)]
    NoEndpoint(#[from] NoEndpoint),
}

impl WalletFault {
    /// The same as a failed request that was never sent, so that nobody is benched for it.
    pub(crate) fn into_failure(self) -> Failure {
        Failure { class: FailureClass::Auth, status: None, retry_after: None, detail: self.to_string(), sent: None }
    }
}

impl Wallet {
    /// The fingerprint of what `profile` would put on the wire, as far as it is known without going anywhere.
    pub(crate) fn fingerprint(&self, profile: &Profile) -> Option<Fingerprint> {
        match value(&profile.credential) {
            Held::Secret(secret) => Some(Fingerprint::of(secret)),
            Held::Ref(reference) => self.remembered(&CredentialId::Profile(profile.id.clone()), reference),
            Held::Nothing => None,
        }
    }

    /// Makes the fingerprint known of what is kept in a variable, which is there already. Files and programs take time and
    /// are asked at use only.
    ///
    /// # Errors
    /// The variable is not set, or must not be asked for.
    #[cfg(feature = "cli")]
    pub(crate) fn look(
        &self,
        credential: &CredentialId,
        reference: &SecretRef,
        settings: &Loaded,
    ) -> Result<(), SecretTrouble> {
        match reference.source {
            SecretSource::File | SecretSource::Exec => return Ok(()),
            SecretSource::Env => {}
        }
        let environment = &settings.environment;
        let variable = |name: &str| environment.secret(name);
        let secrets = Secrets::new(&settings.config.secrets, None, &variable);
        let secret = secrets.resolve(&SecretValue::Ref(reference.clone()))?;
        let entry = (reference.clone(), Fingerprint::of(&secret));
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(credential.clone(), entry);
        Ok(())
    }

    /// The credentials for `provider` that are not in the store: the environment's in its order of precedence, then the
    /// configured key. The same variable or the same secret again is no further credential.
    pub(crate) fn stray(&self, provider: &ProviderId, settings: &Loaded) -> Vec<Stray> {
        let mut strays: Vec<Stray> = Vec::new();
        for found in settings.environment.credentials(provider).into_iter().filter(|found| !found.shadowed) {
            let fingerprint = Some(Fingerprint::of(&found.secret));
            let id = CredentialId::Env(found.name);
            if strays.iter().all(|known| known.fingerprint != fingerprint) {
                strays.push(Stray { billing: billing(found.mode), fingerprint, id });
            }
        }
        let entry = settings.config.providers.get(provider);
        let id = CredentialId::Config(provider.clone());
        let fingerprint = match entry.map(|entry| (&entry.api_key, &entry.api_key_ref)) {
            Some((Some(key), _)) => Some(Fingerprint::of(key)),
            Some((None, Some(reference))) => self.remembered(&id, reference),
            Some((None, None)) | None => return strays,
        };
        if fingerprint.is_none() || strays.iter().all(|known| known.fingerprint != fingerprint) {
            strays.push(Stray { id, fingerprint, billing: BillingClass::Metered });
        }
        strays
    }

    /// Every place outside of the store that sets a credential of `provider`, the first to count first; those that are
    /// never used as well.
    pub(crate) fn outside(&self, provider: &ProviderId, settings: &Loaded) -> Vec<Outside> {
        let mut places: Vec<Outside> =
            settings.environment.credentials(provider).into_iter().map(Outside::of).collect();
        let id = CredentialId::Config(provider.clone());
        match settings.config.providers.get(provider).map(|entry| (&entry.api_key, &entry.api_key_ref)) {
            Some((Some(key), _)) => places.push(Outside::configured(id, Some(Fingerprint::of(key)))),
            Some((None, Some(reference))) => {
                let fingerprint = self.remembered(&id, reference);
                places.push(Outside::configured(id, fingerprint));
            }
            Some((None, None)) | None => {}
        }
        places
    }

    /// The secret of `credential`, ready for the wire; `None` where no credential is wanted.
    ///
    /// # Errors
    /// The credential went away meanwhile, or its reference leads nowhere.
    pub(crate) async fn auth(
        &self,
        credential: &CredentialId,
        profiles: &Profiles,
        settings: &Loaded,
        endpoint: &Endpoint,
    ) -> Result<Option<Auth>, WalletFault> {
        match self.found(credential, profiles, settings, endpoint).await? {
            Some(Auth::ApiKey(secret) | Auth::Bearer(secret)) if is_still_sealed(&secret) => {
                Err(WalletFault::Sealed(credential.clone()))
            }
            found => Ok(found),
        }
    }

    async fn found(
        &self,
        credential: &CredentialId,
        profiles: &Profiles,
        settings: &Loaded,
        endpoint: &Endpoint,
    ) -> Result<Option<Auth>, WalletFault> {
        let gone = || WalletFault::Gone(credential.clone());
        match credential {
            CredentialId::None => Ok(None),
            CredentialId::Profile(id) => {
                let profile = profiles.by_id.get(id).ok_or_else(gone)?;
                let secret = match value(&profile.credential) {
                    Held::Secret(secret) => secret.clone(),
                    Held::Ref(reference) => self.open(credential, reference, settings).await?,
                    Held::Nothing => return Err(gone()),
                };
                Ok(Some(match &profile.credential {
                    // A setup-token that was saved as a key is still a bearer token on the wire.
                    Credential::ApiKey { .. } if !is_setup_token(&secret) => Auth::ApiKey(secret),
                    Credential::ApiKey { .. } | Credential::Token { .. } | Credential::OAuth(_) => Auth::Bearer(secret),
                }))
            }
            CredentialId::Env(name) => {
                let mut found = settings.environment.credentials(&endpoint.provider).into_iter();
                let found = found.find(|found| found.name == *name && !found.shadowed).ok_or_else(gone)?;
                let bearer = billing(found.mode) == BillingClass::Subscription || is_setup_token(&found.secret);
                Ok(Some(if bearer { Auth::Bearer(found.secret) } else { Auth::ApiKey(found.secret) }))
            }
            CredentialId::Config(provider) => {
                let entry = settings.config.providers.get(provider).ok_or_else(gone)?;
                let key = match (&entry.api_key, &entry.api_key_ref) {
                    (Some(key), _) => key.clone(),
                    (None, Some(reference)) => self.open(credential, reference, settings).await?,
                    (None, None) => return Err(gone()),
                };
                Ok(Some(Auth::ApiKey(key)))
            }
        }
    }

    /// Follows a reference. Files and programs may block, so they are kept off the threads that serve the chats.
    async fn open(
        &self,
        credential: &CredentialId,
        reference: &SecretRef,
        settings: &Loaded,
    ) -> Result<SecretString, WalletFault> {
        let (environment, places) = (settings.environment.clone(), settings.config.secrets.clone());
        let value = SecretValue::Ref(reference.clone());
        // It is never closed.
        let _leave = self.opening.acquire().await;
        let followed = tokio::task::spawn_blocking(move || {
            let home = environment.home();
            Secrets::new(&places, home.as_deref(), &|name| environment.secret(name)).resolve(&value)
        });
        let opened = match followed.await {
            Ok(Ok(opened)) => opened,
            Ok(Err(fault)) => return Err(WalletFault::Secret { credential: credential.clone(), fault }),
            Err(_) => return Err(WalletFault::Gone(credential.clone())),
        };
        let entry = (reference.clone(), Fingerprint::of(&opened));
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(credential.clone(), entry);
        Ok(opened)
    }

    fn remembered(&self, credential: &CredentialId, reference: &SecretRef) -> Option<Fingerprint> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(credential).filter(|(known, _)| known == reference).map(|(_, fingerprint)| fingerprint.clone())
    }
}

fn billing(mode: Mode) -> BillingClass {
    match mode {
        Mode::ApiKey => BillingClass::Metered,
        Mode::Token | Mode::OAuth => BillingClass::Subscription,
    }
}

/// What a credential holds that could go on the wire.
enum Held<'a> {
    Secret(&'a SecretString),
    Ref(&'a SecretRef),
    Nothing,
}

fn value(credential: &Credential) -> Held<'_> {
    match credential {
        Credential::ApiKey { key: value } | Credential::Token { token: value, .. } => match value {
            SecretValue::Inline(secret) => Held::Secret(secret),
            SecretValue::Ref(reference) => Held::Ref(reference),
            SecretValue::Missing => Held::Nothing,
        },
        Credential::OAuth(grant) => grant.access.as_ref().map_or(Held::Nothing, Held::Secret),
    }
}
