//! The store on disk: SQLite in WAL mode, each commit synced, shared by all processes on the same state directory.
//!
//! Writes of all tables go through one thread that commits them in groups ([`writer`]). Reads go to SQLite on the
//! caller's thread — a look-up takes microseconds — except listings, which get a thread of their own; sessions and
//! benches that were read before are answered from memory while the WAL index says that nobody has committed since
//! ([`cache`]).

mod benches;
mod cache;
mod connection;
mod failure;
mod group;
mod history;
mod job;
mod menus;
mod readers;
mod receipts;
mod schema;
mod sessions;
mod wal_index;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use crate::store::StoreFault;
use crate::store::sqlite::cache::Cache;
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::readers::Readers;
use crate::store::sqlite::wal_index::Opening;
use crate::store::sqlite::writer::Writer;

/// The store on disk.
///
/// Dropping it writes what waits, and closes the database. While it is open, nothing else in the process may open and
/// close the database's files: the process would lose its locks on them.
pub struct Sqlite {
    path: PathBuf,
    cache: Arc<Cache>,
    readers: Arc<Readers>,
    writer: Writer,
}

impl Sqlite {
    /// Opens the database at `path`, or makes it, with its directory if need be, for the owner's eyes only.
    ///
    /// A database that can only be read is opened for reading: commits are answered with [`StoreFault::ReadOnly`].
    ///
    /// # Errors
    ///
    /// [`StoreFault::ReadOnly`] or [`StoreFault::Full`] when there is none and none can be made;
    /// [`StoreFault::TooNew`] when a newer modelpin made it; [`StoreFault::Broken`] when the file is no database of
    /// modelpin's, or damaged. It is never overwritten.
    pub fn open(path: &Path) -> Result<Self, StoreFault> {
        Self::try_open(path).map_err(|failure| failure.of(path))
    }

    fn try_open(path: &Path) -> Result<Self, Failure> {
        connection::create(path)?;
        let opening = Opening::begin();
        let (mut db, frozen) = connection::open(path)?;
        schema::migrate(&mut db, path)?;
        let (first, index) = if frozen { (None, None) } else { (Some(db), opening.handle(path).map(Arc::new)) };
        let cache = Arc::new(Cache::new(index.clone()));
        Ok(Self {
            path: path.to_path_buf(),
            readers: Arc::new(Readers::new(path, first, index.clone())),
            writer: Writer::new(path, index, Arc::clone(&cache)),
            cache,
        })
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, StoreFault> {
        self.readers.read(query).map_err(|failure| failure.of(&self.path))
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.writer.finish();
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.path).finish_non_exhaustive()
    }
}
