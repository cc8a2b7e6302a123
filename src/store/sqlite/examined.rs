//! Looking through the database without leaving a trace.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use modelpin_chat::BoxFuture;
use rusqlite::Connection;

use crate::session::Session;
use crate::store::copy::Cells;
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::wal_index::beside;
use crate::store::sqlite::{Sqlite, carried, collected, connection, schema};
use crate::store::{Examined, FoundRow, Gone, Schema, StoreFault, Touched};

const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table'";
/// As many as are told anyway.
const OWN_FLAWS: &str = "PRAGMA integrity_check(20)";

/// A database that is read and left as it is: no file is made beside it, and it is not brought up to date.
#[derive(Debug)]
pub struct SqliteLook {
    path: PathBuf,
    db: Mutex<Connection>,
    /// Of the file when it was opened, where it is read as it lies.
    frozen: Option<Stamp>,
}

/// What changes when somebody begins to write: whether there is an index of the log, and length and time of the file.
#[derive(Debug, PartialEq, Eq)]
struct Stamp(bool, Option<(u64, SystemTime)>);

impl Stamp {
    fn of(path: &Path) -> Self {
        let file = fs::metadata(path).ok();
        Self(beside(path, "-shm").exists(), file.and_then(|file| Some((file.len(), file.modified().ok()?))))
    }
}

impl SqliteLook {
    /// Opens the database at `path` for reading; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it cannot be read, is not modelpin's, or a newer one made it.
    pub fn open(path: &Path) -> Result<Option<Self>, StoreFault> {
        if !path.try_exists().unwrap_or(true) {
            return Ok(None);
        }
        let open = || {
            connection::is_whole(path)?;
            let stamp = Stamp::of(path);
            let (db, frozen) = connection::look_through(path)?;
            schema::expect_ours(&db, path)?;
            schema::check(&db, path)?;
            let frozen = frozen.then_some(stamp);
            Ok(Self { path: path.to_path_buf(), db: Mutex::new(db), frozen })
        };
        open().map(Some).map_err(|failure: Failure| failure.of(path))
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, StoreFault> {
        let db = self.db.lock().unwrap_or_else(PoisonError::into_inner);
        query(&db).map_err(|failure| failure.of(&self.path))
    }
}

/// Writes the trait over `self.read`.
macro_rules! examined {
    ($of:ty { $($more:item)* }) => {
        impl Examined for $of {
            fn schema(&self) -> BoxFuture<'_, Result<Option<Schema>, StoreFault>> {
                Box::pin(async move { self.read(|db| found(db, &self.path)) })
            }

            fn rows(
                &self,
                table: usize,
                only: Option<&'static [&'static str]>,
                after: Option<Cells>,
                limit: usize,
            ) -> BoxFuture<'_, Result<Vec<FoundRow>, StoreFault>> {
                Box::pin(async move { self.read(|db| carried::rows(db, table, only, after, limit)) })
            }

            fn own_flaws(&self) -> BoxFuture<'_, Result<Vec<String>, StoreFault>> {
                Box::pin(async move { self.read(own_flaws) })
            }

            fn would_go(
                &self,
                sessions: Vec<Session>,
                touched: Touched,
            ) -> BoxFuture<'_, Result<Gone, StoreFault>> {
                Box::pin(async move { self.read(|db| collected::would_go(db, &sessions, touched)) })
            }

            $($more)*
        }
    };
}

examined!(Sqlite {});
examined!(SqliteLook {
    fn has_moved(&self) -> bool {
        self.frozen.as_ref().is_some_and(|stamp| *stamp != Stamp::of(&self.path))
    }
});

fn found(db: &Connection, path: &Path) -> Result<Option<Schema>, Failure> {
    let version = schema::check(db, path)?;
    if version == 0 {
        return Ok(None);
    }
    let mut statement = db.prepare(TABLES)?;
    let tables = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(Some(Schema { version, known: schema::KNOWN, tables }))
}

fn own_flaws(db: &Connection) -> Result<Vec<String>, Failure> {
    let mut statement = db.prepare(OWN_FLAWS)?;
    let told = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(told.into_iter().filter(|line| line != "ok").collect())
}
