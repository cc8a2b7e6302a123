//! One change, told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::session::{Actor, SessionKey};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// From where.
    pub surface: Surface,
    /// What kind of thing was changed.
    pub kind: Kind,
    /// The session that it was changed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionKey>,
    /// Which one: the id of a profile, a provider, or the key of a setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What was there, in words; `None` where there was nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What is there now, in words; `None` where there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How it came about, in words.
    pub reason: String,
    /// The profiles that are named in it, so that it can be kept from whom they do not exist for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<String>,
}

/// An entry that goes with a change, and what follows where it cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// The entry.
    pub entry: Entry,
    /// `audit.required`: without the row there is no change.
    pub required: bool,
}

/// From where something was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Surface {
    /// A line that was typed into a chat.
    Text,
    /// A command that was filled in as a form.
    Command,
    /// A button.
    Press,
    /// The command line.
    Cli,
    /// The operator's page.
    Page,
    /// A file that somebody edited.
    File,
    /// The program by itself.
    Program,
}

impl Surface {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Command => "command",
            Self::Press => "press",
            Self::Cli => "cli",
            Self::Page => "page",
            Self::File => "file",
            Self::Program => "program",
        }
    }
}

/// What kind of thing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// What is chosen in a session: model and credential.
    Pin,
    /// In which order the credentials of a provider are tried.
    Order,
    /// A credential: stored, replaced, removed, renewed, switched off or on, let off its bench.
    Credential,
    /// Who may do what.
    Policy,
    /// Who may use a credential.
    Grant,
}

impl Kind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Order => "order",
            Self::Credential => "credential",
            Self::Policy => "policy",
            Self::Grant => "grant",
        }
    }
}
