//! One spelling for each model id, where a provider's models go by several.

use crate::catalog::{ModelId, ProviderId};

/// Short and retired names of Anthropic's models (any letter case) and of Google's.
const ANTHROPIC: [(&str, &str); 4] = [
    ("opus-4.5", "claude-opus-4-5"),
    ("sonnet-4.5", "claude-sonnet-4-5"),
    ("opus-4.6", "claude-opus-4-6"),
    ("sonnet-4.6", "claude-sonnet-4-6"),
];
const GOOGLE: [(&str, &str); 2] =
    [("gemini-3-pro", "gemini-3-pro-preview"), ("gemini-3-flash", "gemini-3-flash-preview")];

/// The id that `provider` itself knows `model` by. Applying it twice changes nothing.
///
/// As in the family: OpenRouter's own models carry its name (`auto` → `openrouter/auto`), Hugging Face's do not, and
/// Vercel's gateway wants the vendor before a Claude.
pub(crate) fn canonical(provider: &ProviderId, model: ModelId) -> ModelId {
    let id = model.as_str();
    let changed = match provider.as_str() {
        "anthropic" => anthropic(id).map(str::to_owned),
        "google" | "google-vertex" => GOOGLE.iter().find(|(short, _)| *short == id).map(|(_, full)| (*full).to_owned()),
        "openrouter" if !id.contains('/') => Some(format!("openrouter/{id}")),
        "huggingface" => Some(without_prefix(id, "huggingface/").to_owned()),
        "vercel-ai-gateway" if id.starts_with("claude-") => Some(format!("anthropic/{id}")),
        "vercel-ai-gateway" => anthropic(id).map(|full| format!("anthropic/{full}")),
        _ => None,
    };
    changed.and_then(|id| ModelId::new(&id)).unwrap_or(model)
}

fn anthropic(id: &str) -> Option<&'static str> {
    ANTHROPIC.iter().find(|(short, _)| short.eq_ignore_ascii_case(id)).map(|(_, full)| *full)
}

/// `text` without any `prefix` before it, in any letter case; something is left in any case.
fn without_prefix<'a>(mut text: &'a str, prefix: &str) -> &'a str {
    while let Some((head, tail)) = text.split_at_checked(prefix.len())
        && head.eq_ignore_ascii_case(prefix)
        && !tail.trim().is_empty()
    {
        text = tail.trim_start();
    }
    text
}
