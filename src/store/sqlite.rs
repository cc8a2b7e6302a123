//! The store on disk: SQLite in WAL mode, each commit synced, shared by all processes on the same state directory.
//!
//! Writes of all tables go through one thread that commits them in groups ([`writer`]). Reads go to SQLite on the
//! caller's thread — a look-up takes microseconds — except listings, which get a thread of their own; sessions and
//! benches that were read before are answered from memory while the WAL index says that nobody has committed since
//! ([`cache`]).

mod audit;
mod benches;
mod cache;
#[cfg(feature = "cli")]
mod carried;
#[cfg(feature = "cli")]
mod collected;
mod connection;
#[cfg(feature = "cli")]
mod examined;
mod failure;
mod glance;
mod group;
mod history;
mod inbox;
mod job;
mod marks;
mod menus;
mod readers;
mod receipts;
mod schema;
mod sessions;
mod usage;
mod wal_index;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

#[cfg(feature = "cli")]
pub use examined::SqliteLook;

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
    read_only: bool,
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
        let read_only = frozen || db.is_readonly(rusqlite::MAIN_DB)?;
        let (first, index) = if frozen { (None, None) } else { (Some(db), opening.handle(path).map(Arc::new)) };
        let cache = Arc::new(Cache::new(index.clone()));
        Ok(Self {
            path: path.to_path_buf(),
            read_only,
            readers: Arc::new(Readers::new(path, first, index.clone())),
            writer: Writer::new(path, index, Arc::clone(&cache)),
            cache,
        })
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it can only be read: every commit will be answered with [`StoreFault::ReadOnly`].
    pub fn is_read_only(&self) -> bool {
        self.read_only
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
mod tests {
    use std::sync::mpsc;

    use tempfile::TempDir;

    use crate::session::Session;
    use crate::store::sqlite::Sqlite;
    use crate::store::sqlite::cache::{Effect, Look};
    use crate::store::{CommitFault, SessionTable, StoreFault};

    fn store() -> (TempDir, Sqlite) {
        let directory = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&directory.path().join("modelpin.sqlite")).unwrap();
        (directory, store)
    }

    fn session(peer: usize) -> Session {
        let key = format!("agent:main:telegram:default:dm:{peer}").parse().unwrap();
        Session::new(key, jiff::Timestamp::UNIX_EPOCH)
    }

    /// The items are put into one group by letting them queue while the writer is held.
    #[tokio::test]
    async fn an_item_that_fails_is_undone_alone() {
        let (_directory, store) = store();
        let (release, gate) = mpsc::channel::<()>();
        let waits = store.writer.write(move |_| {
            let _ = gate.recv();
            Ok((Effect::Nothing, ()))
        });
        let fails = store.writer.write(|db| {
            db.execute("INSERT INTO receipts (session, at, body) VALUES ('x', 1, 'undone')", [])?;
            db.execute("INSERT INTO receipts (session, at, body) VALUES (NULL, 1, '')", [])?;
            Ok((Effect::Elsewhere, ()))
        });
        let opens_the_gate = async { release.send(()).unwrap() };
        let (waited, first, failed, second, conflict, ()) = tokio::join!(
            waits,
            store.commit(session(1)),
            fails,
            store.commit(session(2)),
            store.commit(session(1)),
            opens_the_gate
        );
        waited.unwrap();
        assert!(matches!(failed, Err(StoreFault::Broken { .. })), "{failed:?}");
        let (first, second) = (first.unwrap(), second.unwrap());
        assert!(matches!(conflict, Err(CommitFault::Conflict(Some(now))) if now == first));
        assert_eq!(store.list("", 10).await.unwrap(), [first, second]);
        let count = store.read(|db| Ok(db.query_row("SELECT count(*) FROM receipts", [], |row| row.get::<_, i64>(0))?));
        assert_eq!(count.unwrap(), 0);
    }

    /// A look-up that was overtaken by a commit, of our own or of somebody else, leaves nothing false behind.
    #[tokio::test]
    async fn a_row_that_was_read_too_early_is_not_kept() {
        let (_directory, store) = store();
        let other = Sqlite::open(store.path()).unwrap();
        for (peer, writer) in [(1, &store), (2, &other)] {
            let key = session(peer).key;
            let Look::Miss(ticket) = store.cache.session(&key) else { panic!("nobody has looked yet") };
            let committed = writer.commit(session(peer)).await.unwrap();
            store.cache.keep_session(ticket, &key, None);
            assert_eq!(store.load(&key).await.unwrap(), Some(committed));
        }
    }

    /// What was looked up stays warm over our own commits, and not over those of others.
    #[tokio::test]
    async fn our_own_commits_keep_the_cache_and_those_of_others_clear_it() {
        let (_directory, store) = store();
        let other = Sqlite::open(store.path()).unwrap();
        let key = store.commit(session(1)).await.unwrap().key.clone();
        store.load(&key).await.unwrap();
        store.commit(session(2)).await.unwrap();
        assert!(matches!(store.cache.session(&key), Look::Hit(Some(_))));
        assert!(matches!(store.cache.session(&session(2).key), Look::Hit(Some(_))));
        other.commit(session(3)).await.unwrap();
        assert!(matches!(store.cache.session(&key), Look::Miss(_)));
    }

    /// Stands in for a full disk where no file system can be mounted for a test.
    #[tokio::test]
    async fn a_database_that_may_not_grow_is_full_and_stays_as_it_is() {
        let (_directory, store) = store();
        let first = store.commit(session(0)).await.unwrap();
        let limit = |pages: i64| {
            store.writer.write(move |db| {
                let pages: i64 = db.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get(0))?;
                Ok((Effect::Nothing, pages))
            })
        };
        let pages = limit(1).await.unwrap();
        assert!(pages > 1, "no less than there are");
        let mut written = 1;
        let fault = loop {
            match store.commit(session(written)).await {
                Ok(_) => written += 1,
                Err(fault) => break fault,
            }
            assert!(written < 10_000, "it never filled up");
        };
        assert!(matches!(fault, CommitFault::Store(StoreFault::Full { .. })), "{fault:?}");
        assert_eq!(store.load(&first.key).await.unwrap(), Some(first));
        assert_eq!(store.list("", 20_000).await.unwrap().len(), written);
        limit(1_000_000).await.unwrap();
        store.commit(session(written)).await.unwrap();
    }
}
