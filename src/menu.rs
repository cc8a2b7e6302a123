//! Menus: what was printed on which button, kept so that a press selects that and nothing else.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

/// The id of a menu: 16 characters of `[A-Za-z0-9_-]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MenuId(pub String);
