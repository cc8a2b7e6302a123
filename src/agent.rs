//! One bot persona with its own credential store.

use std::fmt;

/// The id of an agent, in canonical form: `[a-z0-9_-]`, 1 to 64 characters.
///
/// Any text has a canonical form, as in the family, since it names the folder of a store: trimmed and lower-cased. Where
/// that is no id yet, runs of other characters become `-`, leading and trailing `-` go, and what is left empty is `main`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgentId(String);

impl AgentId {
    /// The id whose store every other agent reads through to. It is constant: not the configured default agent.
    pub const MAIN: &'static str = "main";

    /// The canonical id for `text`.
    pub fn new(text: &str) -> Self {
        let text = text.trim().to_lowercase();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        if text.len() <= 64 && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(plain) {
            return Self(text);
        }
        let mut id = String::with_capacity(text.len());
        let mut replaced = false;
        for character in text.chars() {
            if plain(character) {
                id.push(character);
            } else if !replaced {
                id.push('-');
            }
            replaced = !plain(character);
        }
        let kept: String = id.trim_matches('-').chars().take(64).collect();
        Self(if kept.is_empty() { Self::MAIN.to_owned() } else { kept })
    }

    /// The main agent.
    pub fn main() -> Self {
        Self(Self::MAIN.to_owned())
    }

    /// Whether this is the main agent.
    pub fn is_main(&self) -> bool {
        self.0 == Self::MAIN
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
