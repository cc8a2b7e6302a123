//! The auth stores of all agents: what cannot be read in them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::agent::AgentId;
use crate::config::{Config, Places};
use crate::doctor::{Code, Finding, Severity};
use crate::profile::{AuthStore, Document, ProfileId, Rejected, StoreFileFault, StorePaths};
use crate::status::word;

/// The line to type for a command about an agent.
pub(crate) type CommandOf<'a> = &'a dyn Fn(&AgentId, &str) -> String;

/// One agent of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Agent {
    pub(crate) id: AgentId,
    /// Where its store is.
    pub(crate) folder: PathBuf,
}

/// The store of one agent, its own and nobody else's.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) agent: AgentId,
    pub(crate) path: PathBuf,
    /// Whether that is a file: what is in a database is mended by commands.
    pub(crate) is_file: bool,
    /// `None` where it cannot be read.
    pub(crate) document: Option<Document>,
    pub(crate) faults: Vec<StoreFileFault>,
    pub(crate) rejected: Vec<Rejected>,
    pub(crate) ids: Vec<ProfileId>,
}

/// The stores of all agents, main's first.
#[derive(Debug)]
pub(crate) struct Stores(pub(crate) Vec<Own>);

impl Agent {
    /// Those that are configured or have a folder; main always.
    pub(crate) fn all(places: &Places, config: &Config) -> Vec<Self> {
        let mut ids = vec![AgentId::main()];
        ids.extend(config.agents.list.iter().map(|entry| entry.id.clone()));
        let folders = fs::read_dir(places.state_dir.join("agents")).into_iter().flatten().flatten();
        let mut found: Vec<AgentId> = folders
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            // A folder under another name is nobody's.
            .filter_map(|name| Some(AgentId::new(&name)).filter(|id| id.as_str() == name))
            .collect();
        found.sort_unstable();
        ids.extend(found);
        let mut agents: Vec<Self> = Vec::new();
        for id in ids {
            let folder = places.agent_dir(config, &id);
            if agents.iter().all(|known| known.id != id && known.folder != folder) {
                agents.push(Self { id, folder });
            }
        }
        agents
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.join("auth-profiles.json")
    }
}

impl Stores {
    /// Reads them, where those of `kept` are kept; nothing is locked and nothing is written.
    pub(crate) fn read(agents: &[Agent], places: &Places, kept: &AuthStore) -> Self {
        let read = |agent: &Agent| {
            let path = agent.store();
            let oauth = if agent.id.is_main() { places.oauth_dir().join("oauth.json") } else { PathBuf::new() };
            let paths = StorePaths { own: path.clone(), main: path.clone(), oauth, agent: agent.id.clone() };
            let store = kept.alone(paths);
            let (current, own) = (store.current(), store.own());
            Own {
                agent: agent.id.clone(),
                document: store.stored(&own).ok(),
                path: own.path,
                is_file: !store.is_in_vault(),
                faults: current.trouble,
                rejected: current.profiles.rejected.clone(),
                ids: current.profiles.by_id.keys().cloned().collect(),
            }
        };
        Self(agents.iter().map(read).collect())
    }

    /// Whether `id` is certainly in none of them. One that cannot be read may have it.
    pub(crate) fn lack(&self, id: &ProfileId) -> bool {
        let has = |own: &Own| own.ids.contains(id) || own.rejected.iter().any(|bad| bad.id == id.as_str());
        self.0.iter().all(|own| own.faults.is_empty() && !has(own))
    }
}

/// What cannot be read: whole files, and single entries.
pub(crate) fn of_stores(stores: &Stores, command: CommandOf<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for own in &stores.0 {
        for fault in &own.faults {
            let path = faulty(fault).unwrap_or(&own.path);
            let kept = copies(path);
            let fix = if let StoreFileFault::Away { .. } = fault {
                "see that the database runs and can be reached from here".to_owned()
            } else if kept.is_empty() {
                "repair it by hand, or put a good copy in its place".to_owned()
            } else {
                format!("repair it by hand, or put a good copy in its place; there is {}", kept.join(", "))
            };
            found.push(Finding::new(Code::StoreUnreadable, Severity::Error, fault.to_string(), fix).at(path));
        }
        for bad in &own.rejected {
            let fix = command(&own.agent, &format!("models auth remove {}", word(&bad.id)));
            let finding = Finding::new(Code::EntryUnreadable, Severity::Warning, bad.why.clone(), fix);
            found.push(finding.at(&bad.path).of_profile(&bad.id));
        }
    }
    found
}

fn faulty(fault: &StoreFileFault) -> Option<&Path> {
    match fault {
        StoreFileFault::Corrupt { path, .. }
        | StoreFileFault::NotAStore { path, .. }
        | StoreFileFault::Unreadable { path, .. } => Some(path),
        StoreFileFault::Away { .. }
        | StoreFileFault::Busy { .. }
        | StoreFileFault::Contended { .. }
        | StoreFileFault::ReadOnly { .. }
        | StoreFileFault::Full { .. }
        | StoreFileFault::NotSealed { .. }
        | StoreFileFault::NotVerified { .. }
        | StoreFileFault::Io { .. } => None,
    }
}

/// The copies of a store that lie beside it.
fn copies(path: &Path) -> Vec<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beside = path.parent().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut found: Vec<String> = beside
        .filter(|entry| {
            let other = entry.file_name();
            let other = other.to_string_lossy();
            other.strip_prefix(&name).is_some_and(|rest| rest.starts_with(".bak") || rest.starts_with(".corrupt-"))
        })
        .map(|entry| entry.path().display().to_string())
        .collect();
    found.sort_unstable();
    found
}
