//! The providers whose grants can be renewed without any configuration.

use std::time::Duration;

use crate::config::BodyForm;
use crate::oauth::NoRenewal;
use crate::profile::{ExternalCli, ProfileId};

/// How one provider renews.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) provider: &'static str,
    pub(crate) token_url: &'static str,
    /// The public client that the family mints its grants by. A refresh token can only be used by the client it was
    /// given to, so this is no choice; where the client is not public, the configuration or the grant has to name it.
    pub(crate) client_id: Option<&'static str>,
    pub(crate) body: BodyForm,
    /// How long before its end an access token is renewed.
    pub(crate) skew: Duration,
    /// Whether the time in the store is earlier than the true end by `skew`, as the family's programs write it.
    pub(crate) stored_early: bool,
    /// Whether a plain 400 says that the refresh token is no longer taken.
    pub(crate) bare_400_is_final: bool,
}

const FIVE_MINUTES: Duration = Duration::from_mins(5);

/// Used where the store holds the true end, and for providers that only the configuration knows.
pub(crate) const USUAL_SKEW: Duration = Duration::from_mins(1);

const KNOWN: [Known; 6] = [
    Known {
        provider: "anthropic",
        token_url: "https://console.anthropic.com/v1/oauth/token",
        client_id: Some("9d1c250a-e61b-44d9-88ed-5944d1962f5e"),
        body: BodyForm::Json,
        skew: FIVE_MINUTES,
        stored_early: true,
        bare_400_is_final: false,
    },
    Known {
        provider: "openai-codex",
        token_url: "https://auth.openai.com/oauth/token",
        client_id: Some("app_EMoamEEZ73f0CkXaXp7hrann"),
        body: BodyForm::Form,
        skew: USUAL_SKEW,
        stored_early: false,
        bare_400_is_final: false,
    },
    Known {
        provider: "google-gemini-cli",
        token_url: "https://oauth2.googleapis.com/token",
        client_id: None,
        body: BodyForm::Form,
        skew: FIVE_MINUTES,
        stored_early: true,
        bare_400_is_final: false,
    },
    Known {
        provider: "google-antigravity",
        token_url: "https://oauth2.googleapis.com/token",
        client_id: None,
        body: BodyForm::Form,
        skew: FIVE_MINUTES,
        stored_early: true,
        bare_400_is_final: false,
    },
    Known {
        provider: "chutes",
        token_url: "https://api.chutes.ai/idp/token",
        client_id: None,
        body: BodyForm::Form,
        skew: FIVE_MINUTES,
        stored_early: true,
        bare_400_is_final: false,
    },
    Known {
        provider: "qwen-portal",
        token_url: "https://chat.qwen.ai/api/v1/oauth2/token",
        client_id: Some("f0304373b74a44d2b584a3fb70ca9e56"),
        body: BodyForm::Form,
        skew: USUAL_SKEW,
        stored_early: false,
        bare_400_is_final: true,
    },
];

/// Profiles that are another program's login, under the ids that the family gives them.
const FOREIGN: [(&str, NoRenewal); 4] = [
    ("anthropic:claude-cli", NoRenewal::Managed(ExternalCli::ClaudeCode)),
    ("openai-codex:codex-cli", NoRenewal::Managed(ExternalCli::Codex)),
    ("qwen-portal:qwen-cli", NoRenewal::Managed(ExternalCli::Qwen)),
    ("minimax-portal:minimax-cli", NoRenewal::Foreign("the MiniMax CLI")),
];

/// What is built in for `provider`.
pub(crate) fn known(provider: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.provider == provider)
}

/// Why the login behind `profile` is not ours to renew, if it is another program's: that would find itself logged out.
pub(crate) fn owner(profile: &ProfileId) -> Option<NoRenewal> {
    FOREIGN.iter().find(|(id, _)| *id == profile.as_str()).map(|(_, why)| why.clone())
}
