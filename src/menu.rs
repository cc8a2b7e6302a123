//! Menus: what was printed on which button, kept so that a press selects that and nothing else.

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
    /// The command it stands for, in canonical form: `/model anthropic/claude-opus-4-6`.
    pub command: String,
    /// The number it has in a numbered list.
    pub number: Option<u32>,
}

impl MenuEntry {
    /// A button that stands for `directive`.
    pub(crate) fn button(label: impl Into<String>, directive: Directive) -> Self {
        let command = Command { directive, following: None }.to_string();
        Self { label: label.into(), command, number: None }
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
