//! One store file kept in memory for as long as it does not change.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::agent::AgentId;
use crate::profile::wire::Stored;
use crate::profile::{AuthFile, Document, Origin, Presence, StoreFileFault, legacy as before};

/// A file is read once more after so long. Times on disk are coarse: a writer in place may change a file twice within one
/// tick, the second time unseen.
const SECOND_LOOK: Duration = Duration::from_millis(50);

/// One store file and what was last read from it.
#[derive(Debug)]
pub(crate) struct Shelf {
    origin: Arc<Origin>,
    oauth: Option<PathBuf>,
    seen: Option<[Stamp; 3]>,
    looked: Instant,
    settled: bool,
    stored: Arc<Stored>,
    trouble: Vec<StoreFileFault>,
}

/// What changes when a file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stamp {
    File {
        device: u64,
        inode: u64,
        size: u64,
        modified: (i64, i64),
        changed: (i64, i64),
    },
    Missing,
    /// It is not looked at, because the store itself is there.
    Unused,
}

impl Shelf {
    pub(crate) fn new(path: &Path, oauth: Option<&Path>, agent: AgentId) -> Self {
        Self {
            origin: Arc::new(Origin { agent, path: path.to_owned() }),
            oauth: oauth.map(Path::to_owned),
            seen: None,
            looked: Instant::now(),
            settled: false,
            stored: Arc::default(),
            trouble: Vec::new(),
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

    /// Reads the file again if it changed. Returns whether it did.
    pub(crate) fn refresh(&mut self) -> bool {
        let stamps = self.stamps();
        let same = self.seen == Some(stamps);
        if same && (self.settled || self.looked.elapsed() < SECOND_LOOK) {
            return false;
        }
        // The stamps are older than the content, so a change in between shows at the next look.
        self.settled = same;
        self.seen = Some(stamps);
        self.looked = Instant::now();
        self.read();
        true
    }

    fn stamps(&self) -> [Stamp; 3] {
        let store = stamp(&self.origin.path);
        match store {
            Stamp::Missing => {
                let oauth = self.oauth.as_deref().map_or(Stamp::Unused, stamp);
                [store, stamp(&auth_json(&self.origin.path)), oauth]
            }
            Stamp::File { .. } | Stamp::Unused => [store, Stamp::Unused, Stamp::Unused],
        }
    }

    fn read(&mut self) {
        self.trouble.clear();
        match AuthFile::at(&self.origin.path).read() {
            Ok(document) if document.presence() == Presence::Missing => match self.read_legacy() {
                Ok(stored) => self.stored = Arc::new(stored),
                Err(fault) => self.trouble.push(fault),
            },
            Ok(document) => self.stored = Arc::new(Stored::of(&document, &self.origin)),
            Err(fault) => self.trouble.push(fault),
        }
    }

    fn read_legacy(&self) -> Result<Stored, StoreFileFault> {
        let document = legacy(&self.origin.path, self.oauth.as_deref())?;
        Ok(Stored::of(&document, &self.origin))
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
    Ok(before::document(auth.as_ref(), oauth.as_ref()))
}

fn auth_json(store: &Path) -> PathBuf {
    store.with_file_name("auth.json")
}

fn json(path: &Path) -> Result<Option<Value>, StoreFileFault> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| StoreFileFault::corrupt(path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreFileFault::reading(path, &error)),
    }
}

fn stamp(path: &Path) -> Stamp {
    fs::metadata(path).map_or(Stamp::Missing, |found| Stamp::File {
        device: found.dev(),
        inode: found.ino(),
        size: found.size(),
        modified: (found.mtime(), found.mtime_nsec()),
        changed: (found.ctime(), found.ctime_nsec()),
    })
}
