//! What was read from the auth stores, ready for use.

use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;

use crate::agent::AgentId;
use crate::catalog::ProviderId;
use crate::profile::{Credential, ProfileId};

/// A named credential.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its key in the store.
    pub id: ProfileId,
    /// The provider it is for, normalised.
    pub provider: ProviderId,
    /// The credential.
    pub credential: Credential,
    /// The e-mail address of the account, where the store has one.
    pub email: Option<String>,
    /// The provider's id of the account, where the store has one.
    pub account: Option<String>,
    /// A name for people.
    pub display_name: Option<String>,
    /// Which file it came from.
    pub origin: Arc<Origin>,
}

/// The file that owns a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Whose store it is.
    pub agent: AgentId,
    /// Where that store is.
    pub path: PathBuf,
}

/// An entry of the store that could not be read. The others are not hidden by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The key of the entry.
    pub id: String,
    /// The file it is in.
    pub path: PathBuf,
    /// What is wrong with it, in words.
    pub why: String,
}

/// What the family's programs noted about the use of a profile: read, honoured, never written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// Not to be used before then: the later of cooldown and disabled window.
    pub unusable_until: Option<Timestamp>,
    /// The model that a rate-limit cooldown is about; `None` when the window is about the whole profile.
    pub disabled: bool,
}

/// The profiles one agent may use: its own store read over main's by reference.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    /// By id; main's first in file order, then the agent's own that main does not have.
    pub by_id: IndexMap<ProfileId, Profile>,
    /// The explicit order per provider (normalised; the first spelling in the file wins), empty lists left out.
    pub order: IndexMap<ProviderId, Vec<ProfileId>>,
    /// Use noted by the family's programs.
    pub usage: IndexMap<ProfileId, Usage>,
    /// Entries that were passed over.
    pub rejected: Vec<Rejected>,
}
