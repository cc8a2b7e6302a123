//! A small table of well-known providers and models, for installations that configure none.

use crate::catalog::{ModelId, ModelRef, ProviderId};

/// A provider that needs no configuration but a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltinProvider {
    /// Its canonical id.
    pub id: &'static str,
    /// Where its API is, without a trailing `/`.
    pub base_url: &'static str,
    /// The wire format, as the configuration names it.
    pub api: &'static str,
    /// Whether it answers without a credential: a server on this machine.
    pub local: bool,
    /// Models worth offering, the best first.
    pub models: &'static [&'static str],
}

const MESSAGES: &str = "anthropic-messages";
const COMPLETIONS: &str = "openai-completions";

const fn remote(
    id: &'static str,
    base_url: &'static str,
    api: &'static str,
    models: &'static [&'static str],
) -> BuiltinProvider {
    BuiltinProvider { id, base_url, api, local: false, models }
}

const fn local(id: &'static str, base_url: &'static str) -> BuiltinProvider {
    BuiltinProvider { id, base_url, api: COMPLETIONS, local: true, models: &[] }
}

/// The table. What a local server holds is its owner's business, so nothing is listed for those.
const PROVIDERS: [BuiltinProvider; 11] = [
    remote(
        "anthropic",
        "https://api.anthropic.com",
        MESSAGES,
        &["claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5", "claude-opus-4-5", "claude-sonnet-4-5"],
    ),
    remote("deepseek", "https://api.deepseek.com/v1", COMPLETIONS, &["deepseek-chat", "deepseek-reasoner"]),
    remote(
        "google",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        COMPLETIONS,
        &[
            "gemini-3.1-pro-preview",
            "gemini-3-flash-preview",
            "gemini-3.1-flash-lite-preview",
            "gemini-3-pro-preview",
        ],
    ),
    remote("groq", "https://api.groq.com/openai/v1", COMPLETIONS, &["llama-3.3-70b-versatile"]),
    local("lmstudio", "http://127.0.0.1:1234/v1"),
    remote("mistral", "https://api.mistral.ai/v1", COMPLETIONS, &["mistral-large-latest", "mistral-small-latest"]),
    local("ollama", "http://127.0.0.1:11434/v1"),
    remote(
        "openai",
        "https://api.openai.com/v1",
        COMPLETIONS,
        &["gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-5.2", "gpt-5-mini"],
    ),
    remote("openrouter", "https://openrouter.ai/api/v1", COMPLETIONS, &["auto"]),
    remote("xai", "https://api.x.ai/v1", COMPLETIONS, &["grok-4"]),
    remote("zai", "https://api.z.ai/api/paas/v4", COMPLETIONS, &["glm-4.7"]),
];

/// Providers that the family talks to and modelpin has no endpoint for. They are somebody's, so a name that begins with
/// one of them is never taken for a model id at another provider.
const UNREACHED: [&str; 12] = [
    "amazon-bedrock",
    "copilot-proxy",
    "github-copilot",
    "google-antigravity",
    "google-gemini-cli",
    "google-vertex",
    "minimax",
    "moonshot",
    "openai-codex",
    "qwen-portal",
    "vercel-ai-gateway",
    "huggingface",
];

/// The family's own aliases. Each stands for the first model of its line that may be chosen, so that an allowlist
/// written for last year's model keeps its short name.
const ALIASES: [(&str, &str, &[&str]); 9] = [
    ("opus", "anthropic", &["claude-opus-4-6", "claude-opus-4-5"]),
    ("sonnet", "anthropic", &["claude-sonnet-4-6", "claude-sonnet-4-5"]),
    ("haiku", "anthropic", &["claude-haiku-4-5"]),
    ("gpt", "openai", &["gpt-5.4", "gpt-5.2"]),
    ("gpt-mini", "openai", &["gpt-5.4-mini", "gpt-5-mini"]),
    ("gpt-nano", "openai", &["gpt-5.4-nano"]),
    ("gemini", "google", &["gemini-3.1-pro-preview", "gemini-3-pro-preview"]),
    ("gemini-flash", "google", &["gemini-3-flash-preview"]),
    ("gemini-flash-lite", "google", &["gemini-3.1-flash-lite-preview"]),
];

/// Every built-in alias with its line of models, the newest first.
pub(crate) fn aliases() -> impl Iterator<Item = (&'static str, Vec<ModelRef>)> {
    ALIASES.iter().map(|(word, provider, ids)| (*word, ids.iter().map(|id| model_ref(provider, id)).collect()))
}

/// The built-in entry for `provider`, if there is one.
pub fn builtin_provider(provider: &ProviderId) -> Option<&'static BuiltinProvider> {
    PROVIDERS.iter().find(|entry| entry.id == provider.as_str())
}

/// Every built-in model, provider by provider.
pub(crate) fn models() -> impl Iterator<Item = ModelRef> {
    PROVIDERS.iter().flat_map(|entry| entry.models.iter().map(|model| model_ref(entry.id, model)))
}

/// The model where the configuration names none at all.
pub(crate) fn default_model() -> ModelRef {
    model_ref("anthropic", "claude-opus-4-6")
}

/// Every provider with a built-in endpoint.
pub(crate) fn reachable() -> impl Iterator<Item = ProviderId> {
    PROVIDERS.iter().map(|entry| ProviderId::built_in(entry.id))
}

/// Every provider that is known by name alone.
pub(crate) fn unreached() -> impl Iterator<Item = ProviderId> {
    UNREACHED.iter().map(|id| ProviderId::built_in(id))
}

fn model_ref(provider: &'static str, model: &'static str) -> ModelRef {
    ModelRef::new(ProviderId::built_in(provider), ModelId::built_in(model))
}
