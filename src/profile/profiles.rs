//! What was read from the auth stores, ready for use.

use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::agent::AgentId;
use crate::catalog::ProviderId;
use crate::profile::{ExternalCli, Profile, ProfileId, Usage};

/// The file that owns a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Whose store it is; the agent that reads it, where it is no store.
    pub agent: AgentId,
    /// Where that file is.
    pub path: PathBuf,
    /// The program that owns the file and alone renews what is in it; `None` for an auth store.
    pub managed_by: Option<ExternalCli>,
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

/// The profiles one agent may use: its own store read over main's by reference.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    /// By id; main's first in file order, then the agent's own that main does not have, then the logins of other programs
    /// that neither has.
    pub by_id: IndexMap<ProfileId, Arc<Profile>>,
    /// The explicit order per provider (normalised; the first spelling in the file wins), empty lists left out.
    pub order: IndexMap<ProviderId, Vec<ProfileId>>,
    /// Use noted by the family's programs.
    pub usage: IndexMap<ProfileId, Usage>,
    /// Entries that were passed over.
    pub rejected: Vec<Rejected>,
    /// Logins of other programs that are there and of no use, by the id they would have.
    pub outside: Vec<Rejected>,
}

impl Profiles {
    /// The profile with that id.
    pub fn get(&self, id: &ProfileId) -> Option<&Profile> {
        self.by_id.get(id).map(Arc::as_ref)
    }

    /// All of them, in the order of [`Profiles::by_id`].
    pub fn all(&self) -> impl Iterator<Item = &Profile> {
        self.by_id.values().map(Arc::as_ref)
    }
}
