//! What is there already.

use serde_json::Value;

use crate::catalog::{ProviderId, vendors};
use crate::cli::failure::Failure;
use crate::cli::models::auth::{Case, verdict};
use crate::cli::onboard::channel::Channel;
use crate::config::{Draft, EnvPlace};
use crate::profile::{Credential, Exclusion, Profile, order};

/// What is there already.
#[derive(Debug)]
pub(crate) struct Found {
    /// The profiles, logins of other programs included.
    pub(crate) profiles: Vec<Profile>,
    /// The providers of which a key is in a variable, the variable, and where that is set.
    pub(crate) variables: Vec<(ProviderId, String, EnvPlace)>,
    /// Whether the configuration names a default model.
    pub(crate) has_model: bool,
    /// The channels that have a token.
    pub(crate) bots: Vec<Channel>,
    /// The owners, as configured.
    pub(crate) owners: Vec<String>,
}

impl Found {
    /// Looks at the installation of `case`.
    ///
    /// # Errors
    /// The store or the configuration cannot be read.
    pub(crate) fn of(case: &Case<'_>) -> Result<Self, Failure> {
        let settings = case.installation.settings();
        let profiles = case.current()?.profiles.all().cloned().collect();
        let providers =
            vendors().filter(|vendor| vendor.place.is_some()).filter_map(|vendor| ProviderId::new(vendor.id));
        let variables = providers.filter_map(|provider| {
            let first = settings.environment.credentials(&provider).into_iter().next()?;
            Some((provider, first.name, first.place))
        });
        let draft = Draft::read(&case.installation.places().config_path)?;
        let says = |key: &[&str]| draft.get(key).is_some_and(|value| value.as_str() != Some(""));
        let has_bot = |channel: &Channel| says(&["channels", channel.name(), channel.token_key()]);
        let model = draft.get(&["agents", "defaults", "model"]);
        Ok(Self {
            profiles,
            variables: variables.collect(),
            has_model: model
                .is_some_and(|model| model.is_string() || model.get("primary").is_some_and(Value::is_string)),
            bots: Channel::ALL.into_iter().filter(has_bot).collect(),
            owners: settings.config.commands.owners.clone(),
        })
    }

    /// Whether there is anything that could answer.
    pub(crate) fn has_credential(&self) -> bool {
        !self.profiles.is_empty() || !self.variables.is_empty()
    }

    /// Whether `provider` could answer: with a profile, a variable, or without any credential.
    pub(crate) fn can_ask(&self, provider: &ProviderId) -> bool {
        self.profiles.iter().any(|profile| profile.provider == *provider)
            || self.variables.iter().any(|(known, _, _)| known == provider)
    }

    /// Whether an API key of `provider` is stored.
    pub(crate) fn has_key(&self, provider: &ProviderId) -> bool {
        let is_key = |profile: &&Profile| matches!(profile.credential, Credential::ApiKey { .. });
        self.profiles.iter().filter(is_key).any(|profile| profile.provider == *provider)
    }

    /// The same for a person, a line each.
    pub(crate) fn lines(&self, case: &Case<'_>) -> Vec<String> {
        let profile = |profile: &Profile| {
            let kind = verdict::kind(&profile.credential).replace('_', " ");
            let whose = profile.origin.managed_by.map_or_else(String::new, |cli| format!(", managed by {cli}"));
            let why = excluded(case, profile).map_or_else(String::new, |why| format!(", {why}"));
            format!("{}: {kind}{whose}{why}", profile.id)
        };
        let variable = |(provider, name, place): &(ProviderId, String, EnvPlace)| {
            format!("{name}: for {provider}, in the {}", place.as_str())
        };
        let bots = self.bots.iter().map(|channel| format!("a bot's token for {channel}"));
        let owners = (!self.owners.is_empty()).then(|| format!("owners: {}", self.owners.join(", ")));
        let found = self.profiles.iter().map(profile).chain(self.variables.iter().map(variable));
        found.chain(bots).chain(owners).collect()
    }
}

/// Why a profile is not tried by itself.
fn excluded(case: &Case<'_>, profile: &Profile) -> Option<Exclusion> {
    let profiles = case.installation.auth_store().current().profiles;
    let settings = case.installation.settings();
    let order = order(&profile.provider, &profiles, &settings.config.auth, case.installation.now());
    order.excluded.into_iter().find(|(id, _)| *id == profile.id).map(|(_, why)| why)
}
