//! Looking at the state without writing a byte: for a command that is over in a few milliseconds.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, params};

use crate::session::Session;
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::{Sqlite, benches, connection, marks, schema, sessions, usage};
use crate::store::{Glance, StoreFault, Wanted};
use crate::usage::Dimension;

/// The rows of those sessions in which something is chosen, or was.
const CHOSEN: &str = "SELECT key, revision, conversation, created, updated, parent, state FROM sessions
    WHERE key >= ?1 AND key < ?1 || char(0x10ffff)
        AND (instr(state, '\"lasting\":{') OR instr(state, '\"passing\":{')) ORDER BY key";

impl Sqlite {
    /// Looks at the database at `path` for what is `wanted`. Nothing is written, no thread
    /// is started, and it is closed again.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it cannot be read.
    pub fn glance(path: &Path, wanted: &Wanted) -> Result<Glance, StoreFault> {
        look(path, wanted).map_err(|failure| failure.of(path))
    }
}

fn look(path: &Path, wanted: &Wanted) -> Result<Glance, Failure> {
    connection::is_whole(path)?;
    let db = connection::look(path)?;
    schema::expect_ours(&db, path)?;
    if schema::check(&db, path)? == 0 {
        return Ok(Glance::default());
    }
    let Wanted { prefix, marks: named, queries } = wanted;
    let (benches, sessions) = (benches::all(&db)?, chosen(&db, prefix)?);
    // Made by an older modelpin, and only looked at: nothing of that kind was kept.
    if schema::check(&db, path)? < schema::OPERATORS {
        return Ok(Glance { benches, sessions, sums: vec![Vec::new(); queries.len()], ..Glance::default() });
    }
    let sums = queries.iter().map(|query| usage::sums(&db, Dimension::Profile, query)).collect::<Result<_, _>>()?;
    Ok(Glance { benches, sessions, marks: marks::all(&db, named)?, sums })
}

fn chosen(db: &Connection, prefix: &str) -> Result<Vec<Arc<Session>>, Failure> {
    let mut statement = db.prepare(CHOSEN)?;
    let rows = statement.query_map(params![prefix], sessions::columns)?;
    rows.map(|row| Ok(Arc::new(row?.read()?))).collect()
}
