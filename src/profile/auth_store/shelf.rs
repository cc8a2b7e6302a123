//! One store kept in memory for as long as it does not change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::agent::AgentId;
use crate::profile::medium::Medium;
use crate::profile::vaulted::Vaulted;
use crate::profile::wire::Stored;
use crate::profile::{Document, Keys, Origin, Presence, Sealing, Seen, StoreFileFault, legacy as before};
use crate::redact;
use crate::watched::Watched;

/// One store and what was last read from it.
#[derive(Debug)]
pub(crate) struct Shelf {
    origin: Arc<Origin>,
    medium: Medium,
    oauth: Option<PathBuf>,
    /// The store, and what stands in for one that is not there.
    files: Watched,
    /// What was last made of a vault's; `None` before the first time.
    seen: Option<Seen>,
    stored: Arc<Stored>,
    trouble: Vec<StoreFileFault>,
    /// The turn of the keys that it was read with, if something in it did not open.
    closed: Option<u64>,
}

impl Shelf {
    /// The store of `agent` that is called `path`, and kept in `medium`.
    pub(crate) fn new(medium: Medium, path: &Path, oauth: Option<&Path>, agent: AgentId) -> Self {
        Self {
            origin: Arc::new(Origin { agent, path: path.to_owned(), managed_by: None }),
            medium,
            seen: None,
            oauth: oauth.map(Path::to_owned),
            files: Watched::new([path.to_owned(), auth_json(path)].into_iter().chain(oauth.map(Path::to_owned))),
            stored: Arc::default(),
            trouble: Vec::new(),
            closed: None,
        }
    }

    pub(crate) fn agent(&self) -> &AgentId {
        &self.origin.agent
    }

    pub(crate) fn stored(&self) -> &Stored {
        &self.stored
    }

    pub(crate) fn trouble(&self) -> &[StoreFileFault] {
        &self.trouble
    }

    /// Reads the store again if it changed, or if something in it did not open that may open now. Returns whether it did.
    pub(crate) fn refresh(&mut self, sealing: &Sealing) -> bool {
        let may_open = self.closed.is_some_and(|turn| turn != sealing.turn());
        if let Medium::Vault(vaulted) = &self.medium {
            let seen = vaulted.seen();
            let due = may_open || self.seen.as_ref() != Some(&seen);
            if due {
                let vaulted = vaulted.clone();
                self.take(seen, &vaulted, sealing);
            }
            return due;
        }
        let due = self.files.is_due() || may_open;
        if due {
            let read = self.medium.read();
            self.read(read, sealing);
        }
        due
    }

    /// Makes what a vault has seen the content. While it is away that stays, and the reason is told beside it.
    fn take(&mut self, seen: Seen, vaulted: &Vaulted, sealing: &Sealing) {
        self.read(vaulted.document(seen.kept.as_ref()), sealing);
        self.trouble.extend(seen.trouble.clone());
        self.seen = Some(seen);
    }

    fn read(&mut self, read: Result<Document, StoreFileFault>, sealing: &Sealing) {
        self.trouble.clear();
        let (turn, keys) = (sealing.turn(), sealing.keys());
        match read {
            Ok(document) if document.presence() == Presence::Missing => match self.read_legacy(&keys) {
                Ok(stored) => self.stored = Arc::new(stored),
                Err(fault) => self.trouble.push(fault),
            },
            Ok(document) => self.stored = Arc::new(Stored::of(&document, &self.origin, &keys)),
            Err(fault) => self.trouble.push(fault),
        }
        self.closed = self.stored.is_closed().then_some(turn);
    }

    fn read_legacy(&self, keys: &Keys<'_>) -> Result<Stored, StoreFileFault> {
        let document = match &self.medium {
            Medium::File(_) => legacy(&self.origin.path, self.oauth.as_deref())?,
            Medium::Vault(_) => Document::missing(),
        };
        Ok(Stored::of(&document, &self.origin, keys))
    }
}

/// What the stores of before hold, in the form of the store at `path`.
///
/// # Errors
///
/// When one of them does not parse or cannot be read.
pub(crate) fn legacy(path: &Path, oauth: Option<&Path>) -> Result<Document, StoreFileFault> {
    let auth = json(&auth_json(path))?;
    let oauth = oauth.map(json).transpose()?.flatten();
    for found in auth.iter().chain(&oauth) {
        redact::learn(&redact::secrets_in(found));
    }
    Ok(before::document(auth.as_ref(), oauth.as_ref()))
}

pub(crate) fn auth_json(store: &Path) -> PathBuf {
    store.with_file_name("auth.json")
}

fn json(path: &Path) -> Result<Option<Value>, StoreFileFault> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| StoreFileFault::corrupt(path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreFileFault::reading(path, &error)),
    }
}
