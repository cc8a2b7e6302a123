//! `--auth-choice`: the family's names for the ways to a first credential.

use std::str::FromStr;

use crate::catalog::ProviderId;

/// One way to a first credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// An API key of this provider.
    Key(ProviderId),
    /// What `claude setup-token` prints.
    SetupToken,
    /// A token of the provider that `--token-provider` names.
    Token,
    /// None now.
    Skip,
    /// Not to be had without a person or another program; what to do instead, in words.
    Elsewhere(&'static str),
}

/// API keys, by the name of the choice.
const KEYS: [(&str, &str); 16] = [
    ("apiKey", "anthropic"),
    ("anthropic-api-key", "anthropic"),
    ("openai-api-key", "openai"),
    ("openrouter-api-key", "openrouter"),
    ("ai-gateway-api-key", "vercel-ai-gateway"),
    ("moonshot-api-key", "moonshot"),
    ("kimi-code-api-key", "kimi"),
    ("gemini-api-key", "google"),
    ("zai-api-key", "zai"),
    ("xiaomi-api-key", "xiaomi"),
    ("minimax-api", "minimax"),
    ("minimax-api-lightning", "minimax"),
    ("minimax-cloud", "minimax"),
    ("synthetic-api-key", "synthetic"),
    ("venice-api-key", "venice"),
    ("opencode-zen", "opencode"),
];

/// The others.
const OTHERS: [(&str, Choice); 15] = [
    ("setup-token", Choice::SetupToken),
    ("oauth", Choice::SetupToken),
    ("token", Choice::Token),
    ("skip", Choice::Skip),
    ("claude-cli", Choice::Elsewhere("log in with `claude`: its login is used where it is, nothing has to be stored")),
    (
        "codex-cli",
        Choice::Elsewhere("log in with `codex login`: its login is used where it is, nothing has to be stored"),
    ),
    ("openai-codex", Choice::Elsewhere("log in with `codex login`: its login is used where it is")),
    ("qwen-portal", Choice::Elsewhere("log in with Qwen Code: its login is used where it is")),
    ("chutes", Choice::Elsewhere("store its API key with `models auth add --provider chutes`")),
    ("minimax-portal", Choice::Elsewhere("use an API key: --auth-choice minimax-api")),
    (
        "minimax",
        Choice::Elsewhere("that is a server of your own: put its address into `models.providers.lmstudio.baseUrl`"),
    ),
    ("google-antigravity", Choice::Elsewhere("use an API key: --auth-choice gemini-api-key")),
    ("google-gemini-cli", Choice::Elsewhere("use an API key: --auth-choice gemini-api-key")),
    ("github-copilot", Choice::Elsewhere("that API is not spoken here: use a key of another provider")),
    (
        "copilot-proxy",
        Choice::Elsewhere(
            "that is a server of your own: put its address into `models.providers.copilot-proxy.baseUrl`",
        ),
    ),
];

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(provider) = KEYS.iter().find(|(name, _)| *name == text).and_then(|(_, id)| ProviderId::new(id)) {
            return Ok(Self::Key(provider));
        }
        if let Some((_, choice)) = OTHERS.iter().find(|(name, _)| *name == text) {
            return Ok(choice.clone());
        }
        let names = KEYS.iter().map(|(name, _)| *name);
        let others = OTHERS.iter().filter(|(_, choice)| !matches!(choice, Self::Elsewhere(_)));
        let names: Vec<_> = names.chain(others.map(|(name, _)| *name)).collect();
        Err(format!("choose one of {}", names.join(", ")))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{Choice, KEYS, OTHERS};
    use crate::catalog::{ProviderId, vendor};

    #[test]
    fn every_key_is_of_somebody_who_can_be_reached() {
        for (name, id) in KEYS {
            let provider = ProviderId::new(id).unwrap();
            assert_eq!(provider.as_str(), id, "{name}");
            assert!(vendor(&provider).is_some_and(|vendor| vendor.place.is_some()), "{name}");
            assert_eq!(name.parse(), Ok(Choice::Key(provider)));
        }
    }

    #[test]
    fn every_other_choice_is_known_once() {
        for (name, choice) in &OTHERS {
            assert_eq!(name.parse().as_ref(), Ok(choice));
            assert!(KEYS.iter().all(|(key, _)| key != name), "{name}");
        }
        let why = "magic".parse::<Choice>().unwrap_err();
        assert!(why.contains("apiKey") && why.contains("setup-token") && !why.contains("copilot"), "{why}");
    }
}
