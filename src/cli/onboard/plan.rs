//! What is going to be written: made of answers, whoever gave them. Nothing is looked at and nothing is touched here.

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::catalog::{ModelRef, ProviderId};
use crate::cli::models::auth::place::fingerprint;
use crate::cli::models::auth::verdict;
use crate::cli::onboard::channel::Channel;
use crate::cli::onboard::setting::Setting;
use crate::cli::onboard::unit::Unit;
use crate::config::Mode;
use crate::profile::{Credential, Expiry, Fingerprint, NewProfile, ProfileId, SecretValue};

/// What is going to be written.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Into the store.
    pub(crate) credentials: Vec<NewCredential>,
    /// Into the `.env` of the state directory.
    pub(crate) variables: Vec<Variable>,
    /// Into the configuration.
    pub(crate) settings: Vec<Setting>,
    /// For systemd.
    pub(crate) service: Option<Service>,
}

/// A credential for the store.
#[derive(Debug)]
pub(crate) struct NewCredential {
    /// What it is going to be called.
    pub(crate) id: ProfileId,
    /// The rest.
    pub(crate) profile: NewProfile,
}

/// A bot's token.
#[derive(Debug)]
pub(crate) struct Variable {
    /// Where the bot is.
    pub(crate) channel: Channel,
    /// Its token.
    pub(crate) secret: SecretString,
}

/// A unit, and what becomes of it.
#[derive(Debug, Clone)]
pub(crate) enum Service {
    /// It is printed.
    Printed(Unit),
    /// It is put where systemd looks for the units of this user.
    Installed(Unit),
}

impl NewCredential {
    /// An API key.
    pub(crate) fn key(id: ProfileId, provider: &ProviderId, key: &Zeroizing<String>) -> Self {
        let key = SecretValue::Inline(SecretString::from(key.as_str()));
        Self { id, profile: NewProfile::new(provider.clone(), Credential::ApiKey { key }) }
    }

    /// A token.
    pub(crate) fn token(id: ProfileId, provider: &ProviderId, token: &Zeroizing<String>, expires: Expiry) -> Self {
        let token = SecretValue::Inline(SecretString::from(token.as_str()));
        Self { id, profile: NewProfile::new(provider.clone(), Credential::Token { token, expires }) }
    }

    /// What the store calls its kind.
    pub(crate) fn kind(&self) -> &'static str {
        verdict::kind(&self.profile.credential)
    }

    /// What it can be told by.
    pub(crate) fn fingerprint(&self) -> Option<Fingerprint> {
        fingerprint(&self.profile.credential)
    }

    fn mode(&self) -> Mode {
        match self.profile.credential {
            Credential::ApiKey { .. } => Mode::ApiKey,
            Credential::Token { .. } => Mode::Token,
            Credential::OAuth(_) => Mode::OAuth,
        }
    }
}

impl Plan {
    /// Stores a credential, and sees to it that the configuration does not leave it out.
    pub(crate) fn add_credential(&mut self, credential: NewCredential) {
        self.settings.push(Setting::Profile {
            id: credential.id.clone(),
            provider: credential.profile.provider.clone(),
            mode: credential.mode(),
        });
        self.credentials.push(credential);
    }

    /// Has `model` answer where nobody chose one.
    pub(crate) fn set_model(&mut self, model: ModelRef) {
        self.settings.push(Setting::Model(model));
    }

    /// Keeps the token of a bot out of the configuration, which names its variable.
    pub(crate) fn add_bot(&mut self, channel: Channel, token: &Zeroizing<String>) {
        self.variables.push(Variable { channel, secret: SecretString::from(token.as_str()) });
        self.settings.push(Setting::Bot(channel));
    }

    /// Makes somebody an owner.
    pub(crate) fn add_owner(&mut self, channel: Channel, id: &str) {
        self.settings.push(Setting::Owner { channel, id: id.to_owned() });
    }
}
