//! One bot persona with its own credential store.

use std::fmt;

/// The id of an agent, in canonical form: `[a-z0-9_-]`, 1 to 64 characters.
///
/// Any text has a canonical form, as in the family: trimmed and lower-cased, runs of other characters become `-`,
/// leading and trailing `-` go, and what is left empty is `main`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgentId(String);

impl AgentId {
    /// The id whose store every other agent reads through to. It is constant: not the configured default agent.
    pub const MAIN: &'static str = "main";

    /// The canonical id for `text`.
    pub fn new(text: &str) -> Self {
        let mut id = String::with_capacity(text.len());
        for character in text.trim().chars().flat_map(char::to_lowercase) {
            if character.is_ascii_alphanumeric() || character == '_' || character == '-' {
                id.push(character);
            } else if !id.ends_with('-') {
                id.push('-');
            }
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
