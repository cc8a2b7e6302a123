//! The connections that read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::store::sqlite::connection;
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::wal_index::WalIndex;

/// A connection and the handle that must outlive it.
#[derive(Debug)]
pub(crate) struct Linked {
    pub(crate) db: Connection,
    /// Dropped last: see [`crate::store::sqlite::wal_index`].
    _index: Option<Arc<WalIndex>>,
}

impl Linked {
    pub(crate) fn new(db: Connection, index: Option<Arc<WalIndex>>) -> Self {
        Self { db, _index: index }
    }
}

/// As many connections as there were ever reads at the same time. The first one stays for the life of the store, which
/// keeps the log and its index in place.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    index: Option<Arc<WalIndex>>,
    idle: Mutex<Vec<Linked>>,
}

impl Readers {
    pub(crate) fn new(path: &Path, first: Option<Connection>, index: Option<Arc<WalIndex>>) -> Self {
        let idle = first.map(|db| Linked::new(db, index.clone())).into_iter().collect();
        Self { path: path.to_path_buf(), index, idle: Mutex::new(idle) }
    }

    /// Reads by `query`, which MUST have finished its statements when it returns.
    pub(crate) fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, Failure> {
        let idle = self.idle().pop();
        let (linked, once) = if let Some(linked) = idle {
            (linked, false)
        } else {
            let (db, once) = connection::open(&self.path)?;
            (Linked::new(db, self.index.clone()), once)
        };
        let answer = query(&linked.db);
        if !once {
            self.idle().push(linked);
        }
        answer
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Linked>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
