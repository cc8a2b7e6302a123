//! The invented accounts of the demonstration.

use crate::provider::Api;

/// What kind of credential an invented account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    ApiKey,
    SetupToken,
    OAuth,
}

/// One invented account.
pub(crate) struct Synthetic {
    pub(crate) id: &'static str,
    pub(crate) provider: &'static str,
    pub(crate) kind: Kind,
    pub(crate) secret: &'static str,
    pub(crate) email: Option<&'static str>,
}

const fn key(id: &'static str, provider: &'static str, secret: &'static str) -> Synthetic {
    Synthetic { id, provider, kind: Kind::ApiKey, secret, email: None }
}

/// All of them. The secrets open nothing: they exist in this table only.
pub(crate) const CAST: [Synthetic; 7] = [
    key("anthropic:default", "anthropic", "sk-demo-anthropic-default-5f0c1e7ab2"),
    Synthetic {
        id: "anthropic:work",
        provider: "anthropic",
        kind: Kind::SetupToken,
        secret: "sk-demo-oat-anthropic-work-91d4c37e60b8",
        email: Some("ann@work.example"),
    },
    Synthetic {
        id: "anthropic:personal",
        provider: "anthropic",
        kind: Kind::OAuth,
        secret: "sk-demo-oauth-anthropic-personal-2ab90c64",
        email: Some("ann@home.example"),
    },
    key("openai:default", "openai", "sk-demo-openai-default-c8813fd02e"),
    key("openai:team", "openai", "sk-demo-openai-team-7740be95a1"),
    key("openrouter:default", "openrouter", "sk-demo-openrouter-default-e3b6190d47"),
    key("google:default", "google", "sk-demo-google-default-04c2f8a96e"),
];

/// The providers of the cast, with the wire format each is reached by.
pub(crate) const PROVIDERS: [(&str, Api); 4] = [
    ("anthropic", Api::AnthropicMessages),
    ("openai", Api::OpenAiCompletions),
    ("openrouter", Api::OpenAiCompletions),
    ("google", Api::OpenAiCompletions),
];

/// The models of the demonstration, with their aliases; the second is what a chat begins with.
pub(crate) const MODELS: [(&str, &str); 6] = [
    ("anthropic/claude-opus-4-6", "opus"),
    ("anthropic/claude-sonnet-4-6", "sonnet"),
    ("openai/gpt-5.4", "gpt"),
    ("openai/gpt-5.4-mini", "gpt-mini"),
    ("openrouter/auto", "auto"),
    ("google/gemini-3-flash-preview", "gemini-flash"),
];
