//! The state of a session and its pure transitions.

use jiff::Timestamp;

use crate::profile::ProfileId;
use crate::session::{Selection, SessionKey};

/// One row of the session table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub key: SessionKey,
    /// The session it inherits from while it has no selection of its own.
    pub parent: Option<SessionKey>,
    /// What is chosen now.
    pub choice: Choice,
    /// What was chosen before the last change, for `undo`.
    pub previous: Option<Choice>,
    /// The credential that rotation settled on: a hint, never inherited.
    pub auto: Option<AutoChoice>,
    /// Which conversation of the session is running; `/new` begins the next. History is kept per conversation.
    pub conversation: u64,
    /// 0 for a session that was never committed; each commit adds one.
    pub revision: u64,
    /// When it was first committed.
    pub created: Timestamp,
    /// When it was last committed.
    pub updated: Timestamp,
}

/// What is chosen in a session: a lasting selection, and perhaps one over it for a while.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// Holds until somebody changes it.
    pub lasting: Option<Selection>,
    /// Holds for a time or for one turn, then the lasting one is back.
    pub passing: Option<Selection>,
}

/// The credential that answered when nobody had chosen one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AutoChoice {
    /// The profile that is to be tried first.
    pub profile: ProfileId,
    /// Why it was chosen, in words.
    pub reason: String,
    /// A digest of the order, the credentials and the benches it was chosen under; the hint ends when that changes.
    pub basis: u64,
    /// When it was chosen.
    pub since: Timestamp,
    /// When the hint ends at the latest.
    pub until: Timestamp,
}

impl Session {
    /// The session of `key` before anything was chosen in it.
    pub fn new(key: SessionKey, now: Timestamp) -> Self {
        let parent = key.parent();
        Self {
            key,
            parent,
            choice: Choice::default(),
            previous: None,
            auto: None,
            conversation: 0,
            revision: 0,
            created: now,
            updated: now,
        }
    }
}
