//! Where OpenClaw's databases and the files of before are in a state directory.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::agent::AgentId;

/// The database that all agents share.
pub(crate) fn shared(state_dir: &Path) -> PathBuf {
    state_dir.join("state").join("openclaw.sqlite")
}

/// What belongs to one agent.
#[derive(Debug, Clone)]
pub(crate) struct AgentFolder {
    /// Whose it is.
    pub(crate) agent: AgentId,
    folder: PathBuf,
}

impl AgentFolder {
    /// Its database.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("agent").join("openclaw-agent.sqlite")
    }

    /// The store of before.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.join("agent").join("auth-profiles.json")
    }

    /// The sessions of before.
    pub(crate) fn sessions(&self) -> PathBuf {
        self.folder.join("sessions").join("sessions.json")
    }
}

/// The folders of all agents, by name; none where there is no folder for them.
///
/// # Errors
///
/// The folder cannot be listed.
pub(crate) fn agents(state_dir: &Path) -> io::Result<Vec<AgentFolder>> {
    let folder = state_dir.join("agents");
    let mut names: Vec<OsString> = match fs::read_dir(&folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<_>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    names.sort();
    let agent =
        |name: &OsString| AgentFolder { agent: AgentId::new(&name.to_string_lossy()), folder: folder.join(name) };
    Ok(names.iter().map(agent).filter(|agent| agent.folder.is_dir()).collect())
}

/// A file that SQLite keeps beside the database at `path`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
