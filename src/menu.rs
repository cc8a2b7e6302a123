//! Menus: what was printed on which button, kept so that a press selects that and nothing else.

use std::ops::Not;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::directive::{Command, Directive};
use crate::session::{Actor, SessionKey};

/// A menu as it was shown: its buttons, and the numbered entries of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// Random, unguessable, unique.
    pub id: MenuId,
    /// The session it was shown in.
    pub session: SessionKey,
    /// Who asked for it.
    pub actor: Actor,
    /// What can be pressed or named by number.
    pub entries: Vec<MenuEntry>,
    /// When it was shown.
    pub shown: Timestamp,
    /// When its buttons stop working.
    pub expires: Timestamp,
}

impl Menu {
    /// Whether anything on it can be named by number.
    pub fn is_numbered(&self) -> bool {
        self.entries.iter().any(|entry| entry.number.is_some())
    }
}

/// One thing on a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuEntry {
    /// What is printed on it.
    pub label: String,
    /// The command it stands for, in canonical form: `/model anthropic/claude-opus-4-6`. Empty where it only closes the
    /// menu.
    pub command: String,
    /// The number it has in a numbered list.
    pub number: Option<u32>,
    /// The list that it is an entry of, such as `Model`; `None` where it stands for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Whether it was what held when it was shown.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub current: bool,
}

/// The list of the models on a menu.
pub(crate) const MODELS: &str = "Model";
/// The list of the credentials on a menu.
pub(crate) const CREDENTIALS: &str = "Credential";
/// The list of the providers on a menu.
pub(crate) const PROVIDERS: &str = "Provider";

impl MenuEntry {
    /// A button that stands for `directive`.
    pub(crate) fn button(label: impl Into<String>, directive: Directive) -> Self {
        let command = Command { directive, following: None }.to_string();
        Self { label: label.into(), command, number: None, list: None, current: false }
    }

    /// The button that closes its menu: it stands for no command, and changes nothing.
    pub(crate) fn cancel() -> Self {
        Self { label: "Cancel".to_owned(), command: String::new(), number: None, list: None, current: false }
    }

    /// As an entry of that list; `current` when it is what holds now.
    pub(crate) fn of(self, list: &str, current: bool) -> Self {
        Self { list: Some(list.to_owned()), current, ..self }
    }

    /// Whether it closes its menu and does nothing else.
    pub(crate) fn cancels(&self) -> bool {
        self.command.is_empty()
    }
}

impl Menu {
    /// The token of the entry at `index`: `<menu id>.<index>`, at most 64 bytes.
    pub fn token(&self, index: usize) -> String {
        format!("{}.{index}", self.id.0)
    }

    /// The entry with that number.
    pub fn numbered(&self, number: u32) -> Option<&MenuEntry> {
        self.entries.iter().find(|entry| entry.number == Some(number))
    }
}

/// What a token names: a menu, and the place of an entry in it. `None` for a text that is no token.
pub fn parse_token(token: &str) -> Option<(MenuId, usize)> {
    let (id, index) = token.split_once('.')?;
    let shaped = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    shaped.then(|| index.parse().ok().map(|index| (MenuId(id.to_owned()), index))).flatten()
}

/// The id of a menu: 16 characters of `[A-Za-z0-9_-]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MenuId(pub String);

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{MODELS, MenuEntry};
    use crate::directive::Directive;

    #[test]
    fn what_was_kept_before_there_were_lists_is_still_read() {
        let old = r#"{"label":"opus","command":"/model","number":3}"#;
        let entry = MenuEntry { number: Some(3), ..MenuEntry::button("opus", Directive::Picker) };
        assert_eq!(serde_json::from_str::<MenuEntry>(old).unwrap(), entry);
        let listed = entry.of(MODELS, true);
        assert_eq!(serde_json::from_str::<MenuEntry>(&serde_json::to_string(&listed).unwrap()).unwrap(), listed);
    }
}
