//! What OpenClaw has in one state directory, whatever version of it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::{Map, Value};

use crate::agent::AgentId;
use crate::openclaw::databases::{self, AgentFolder};
use crate::openclaw::rows::{self, Rows};
use crate::openclaw::{SourceFault, snapshot};
use crate::profile::{AuthFile, Brought, Presence, StoreFileFault};
use crate::redact;
use crate::session::import;

/// What OpenClaw has in one state directory. Read once, whole, before anything is done with it.
///
/// No `Debug`: there are secrets in it.
pub struct Source {
    /// The directory, absolute.
    pub state_dir: PathBuf,
    /// What all agents share; `None` where main's own store is that.
    pub shared: Option<Brought>,
    /// What each agent has.
    pub agents: Vec<AgentPart>,
    /// What is left behind, and why, in words.
    pub left: Vec<String>,
}

/// What belongs to one agent.
pub struct AgentPart {
    /// Whose it is.
    pub agent: AgentId,
    /// Its own profiles, and what is noted about them.
    pub own: Brought,
    /// Its sessions by key.
    pub sessions: Map<String, Value>,
}

impl Source {
    /// Reads the state directory `state_dir`. Not a byte in it changes.
    ///
    /// # Errors
    ///
    /// [`SourceFault`]. One thing that cannot be read is enough: half of somebody's credentials would look like all of
    /// them.
    pub fn read(state_dir: &Path) -> Result<Self, SourceFault> {
        let state_dir = std::path::absolute(state_dir).map_err(|error| SourceFault::reading(state_dir, &error))?;
        let folders =
            databases::agents(&state_dir).map_err(|error| SourceFault::reading(&state_dir.join("agents"), &error))?;
        let shared_path = databases::shared(&state_dir);
        let mut left = Vec::new();
        let shared = database(&shared_path, rows::NEWEST_SHARED)?;
        if shared.is_none() && folders.is_empty() {
            return Err(SourceFault::Nothing(state_dir));
        }
        let shared = match shared {
            Some(rows) => shared_store(rows, &shared_path, &mut left)?,
            None => None,
        };
        let mut agents = Vec::new();
        for folder in folders {
            agents.push(part(&folder, shared.is_some(), &mut left)?);
        }
        Ok(Self { state_dir, shared, agents, left })
    }
}

/// The rows of the database at `path`; `None` where there is none.
fn database(path: &Path, newest: i64) -> Result<Option<Rows>, SourceFault> {
    if !path.try_exists().map_err(|error| SourceFault::reading(path, &error))? {
        return Ok(None);
    }
    let rows = snapshot::look(path, |db| rows::all(db, newest))?;
    if rows.version > newest {
        return Err(SourceFault::Newer { path: path.to_owned(), found: rows.version, known: newest });
    }
    Ok(Some(rows))
}

/// The store of all agents, unless the database says that main's is that.
fn shared_store(rows: Rows, path: &Path, left: &mut Vec<String>) -> Result<Option<Brought>, SourceFault> {
    let Rows { version: _, store, state, owner, sessions: _, left: not_understood } = rows;
    note(left, path, not_understood);
    let elsewhere = match owner {
        Some(text) => {
            parsed(path, "`auth.sharedStore`", &text)?.get("location").is_some_and(|place| place != "state-db")
        }
        None => false,
    };
    match (&store, elsewhere) {
        (None, _) => Ok(None),
        (Some(_), true) => {
            note(left, path, ["its profiles, because it says that main's database has those in force".to_owned()]);
            Ok(None)
        }
        (Some(_), false) => brought(path, store.as_deref(), state.as_deref(), left).map(Some),
    }
}

/// What one agent has. `is_shared` says whether there is a store that all agents share: then a file is a leftover.
fn part(folder: &AgentFolder, is_shared: bool, left: &mut Vec<String>) -> Result<AgentPart, SourceFault> {
    let path = folder.database();
    let rows = database(&path, rows::NEWEST_OF_AGENT)?.unwrap_or_default();
    let Rows { version: _, store, state, owner: _, mut sessions, left: not_understood } = rows;
    note(left, &path, not_understood);
    let file = folder.store();
    let own = if store.is_none() && state.is_none() && !is_shared {
        of_file(&file, left)?
    } else {
        if file.exists() {
            note(
                left,
                &file,
                ["a leftover: OpenClaw keeps its profiles in a database and reads this no more".to_owned()],
            );
        }
        brought(&path, store.as_deref(), state.as_deref(), left)?
    };
    for (key, entry) in older_sessions(&folder.sessions())? {
        // What the database says of a session is newer, if it is only that nothing is chosen there.
        sessions.entry(key).or_insert(entry);
    }
    Ok(AgentPart { agent: folder.agent.clone(), own, sessions })
}

/// What the store of before holds, where it is still in force.
fn of_file(path: &Path, left: &mut Vec<String>) -> Result<Brought, SourceFault> {
    let document = AuthFile::at(path).read().map_err(|fault| match fault {
        StoreFileFault::Corrupt { why, .. } | StoreFileFault::NotAStore { why, .. } => {
            SourceFault::Damaged { path: path.to_owned(), why }
        }
        other => SourceFault::Unreadable { path: path.to_owned(), why: other.to_string() },
    })?;
    if document.presence() == Presence::Missing {
        return Ok(Brought::default());
    }
    let (brought, passed_over) = Brought::of_document(&document, path);
    note(left, path, passed_over);
    Ok(brought)
}

/// What the two documents of a database hold.
fn brought(
    path: &Path,
    store: Option<&str>,
    state: Option<&str>,
    left: &mut Vec<String>,
) -> Result<Brought, SourceFault> {
    let read = |what, text: Option<&str>| text.map(|text| parsed(path, what, text)).transpose();
    let store = read("the document of its profiles", store)?.unwrap_or_default();
    let state = read("the document of their order and health", state)?.unwrap_or_default();
    let (brought, passed_over) = Brought::of(&store, &state, path);
    note(left, path, passed_over);
    Ok(brought)
}

/// A document out of a row. Its secrets are known from here on, so that none gets out by a message.
fn parsed(path: &Path, what: &str, text: &str) -> Result<Map<String, Value>, SourceFault> {
    let damaged = |why: String| SourceFault::Damaged { path: path.to_owned(), why };
    let value: Value = serde_json::from_str(text)
        .map_err(|error| damaged(format!("{what} is no JSON (line {}, column {})", error.line(), error.column())))?;
    redact::learn(&redact::secrets_in(&value));
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(damaged(format!("{what} is no JSON object"))),
    }
}

/// The sessions of the file of before; none where there is none.
fn older_sessions(path: &Path) -> Result<Map<String, Value>, SourceFault> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Map::new()),
        Err(error) => return Err(SourceFault::reading(path, &error)),
    };
    import::entries(&String::from_utf8_lossy(&bytes))
        .map_err(|fault| SourceFault::Damaged { path: path.to_owned(), why: fault.to_string() })
}

fn note(left: &mut Vec<String>, path: &Path, what: impl IntoIterator<Item = String>) {
    left.extend(what.into_iter().map(|what| format!("{}: {what}", path.display())));
}
