//! A small table of well-known models and their aliases, for installations that configure none.

use crate::catalog::{ModelId, ModelRef, ProviderId};

/// Models worth offering, the best first. What a local server holds is its owner's business, so nothing is listed for
/// those.
const MODELS: [(&str, &[&str]); 9] = [
    (
        "anthropic",
        &["claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5", "claude-opus-4-5", "claude-sonnet-4-5"],
    ),
    ("deepseek", &["deepseek-chat", "deepseek-reasoner"]),
    (
        "google",
        &["gemini-3.1-pro-preview", "gemini-3-flash-preview", "gemini-3.1-flash-lite-preview", "gemini-3-pro-preview"],
    ),
    ("groq", &["llama-3.3-70b-versatile"]),
    ("mistral", &["mistral-large-latest", "mistral-small-latest"]),
    ("openai", &["gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-5.2", "gpt-5-mini"]),
    ("openrouter", &["auto"]),
    ("xai", &["grok-4"]),
    ("zai", &["glm-4.7"]),
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

/// Every built-in model, provider by provider.
pub(crate) fn models() -> impl Iterator<Item = ModelRef> {
    MODELS.iter().flat_map(|(provider, models)| models.iter().map(|model| model_ref(provider, model)))
}

/// The model where the configuration names none at all.
pub(crate) fn default_model() -> ModelRef {
    model_ref("anthropic", "claude-opus-4-6")
}

fn model_ref(provider: &'static str, model: &'static str) -> ModelRef {
    ModelRef::new(ProviderId::built_in(provider), ModelId::built_in(model))
}

#[cfg(test)]
mod tests {
    use super::{aliases, default_model, models};
    use crate::catalog::vendor::vendor;

    #[test]
    fn every_model_is_at_a_vendor_that_can_be_reached() {
        for model in models() {
            assert!(vendor(&model.provider).is_some_and(|vendor| vendor.place.is_some()), "{model}");
        }
    }

    #[test]
    fn every_alias_and_the_default_stand_for_models_of_the_table() {
        let known: Vec<_> = models().collect();
        for (word, line) in aliases() {
            assert!(!line.is_empty() && line.iter().all(|model| known.contains(model)), "{word}");
        }
        assert!(known.contains(&default_model()));
    }
}
