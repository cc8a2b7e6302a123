//! Whether a store file is a leftover, because a newer OpenClaw keeps its profiles in a database.

use std::path::{Path, PathBuf};

use crate::openclaw::databases;
use crate::openclaw::rows;
use crate::openclaw::snapshot;

/// The database that a newer OpenClaw keeps its profiles in. An `auth-profiles.json` in the same state directory is a
/// leftover: OpenClaw neither reads nor writes it any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewerStore {
    /// The database: the shared one if that has profiles, else the first of an agent's that does.
    pub database: PathBuf,
}

/// The newer store in `state_dir`, if there is one.
///
/// A look at two names where there is none, and at a few pages where there is one. Only where the pages have no profiles
/// and OpenClaw is running, the log is looked at too.
/// Nothing is changed. A database that cannot be read counts: nobody can tell that the file is not a leftover of it.
pub fn newer_store(state_dir: &Path) -> Option<NewerStore> {
    let state_dir = std::path::absolute(state_dir).ok()?;
    let agents = databases::agents(&state_dir).unwrap_or_default();
    let of_agents = agents.iter().map(databases::AgentFolder::database);
    std::iter::once(databases::shared(&state_dir))
        .chain(of_agents)
        .find(|database| database.is_file() && holds_profiles(database))
        .map(|database| NewerStore { database })
}

fn holds_profiles(database: &Path) -> bool {
    let at_a_glance = snapshot::glance(database, rows::has_store).unwrap_or(false);
    at_a_glance || snapshot::look(database, rows::has_store).unwrap_or(true)
}
