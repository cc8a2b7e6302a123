//! Looking at the state without writing a byte: for a command that is over in a few milliseconds.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, params};

use crate::health::Bench;
use crate::session::Session;
use crate::store::StoreFault;
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::{Sqlite, benches, connection, schema, sessions};

/// The rows of those sessions in which something is chosen, or was.
const CHOSEN: &str = "SELECT key, revision, conversation, created, updated, parent, state FROM sessions
    WHERE key >= ?1 AND key < ?1 || char(0x10ffff)
        AND (instr(state, '\"lasting\":{') OR instr(state, '\"passing\":{')) ORDER BY key";

/// What one look at the state finds.
#[derive(Debug, Default)]
pub struct Glance {
    /// All benches.
    pub benches: Vec<Bench>,
    /// The sessions that were asked for and in which something is chosen, by key.
    pub sessions: Vec<Arc<Session>>,
}

impl Sqlite {
    /// Looks at the database at `path`, and at its sessions whose key begins with `prefix`. Nothing is written, no thread
    /// is started, and it is closed again.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it cannot be read.
    pub fn glance(path: &Path, prefix: &str) -> Result<Glance, StoreFault> {
        look(path, prefix).map_err(|failure| failure.of(path))
    }
}

fn look(path: &Path, prefix: &str) -> Result<Glance, Failure> {
    connection::is_whole(path)?;
    let db = connection::look(path)?;
    schema::expect_ours(&db, path)?;
    if schema::check(&db, path)? == 0 {
        return Ok(Glance::default());
    }
    Ok(Glance { benches: benches::all(&db)?, sessions: chosen(&db, prefix)? })
}

fn chosen(db: &Connection, prefix: &str) -> Result<Vec<Arc<Session>>, Failure> {
    let mut statement = db.prepare(CHOSEN)?;
    let rows = statement.query_map(params![prefix], sessions::columns)?;
    rows.map(|row| Ok(Arc::new(row?.read()?))).collect()
}
