//! The table of the marks.

use std::path::Path;

use modelpin_chat::BoxFuture;
use rusqlite::{Connection, OptionalExtension, params};

use crate::audit::Demand;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::audit::append_demanded;
use crate::store::sqlite::cache::{Effect, Look};
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::job::Written;
use crate::store::{Audited, MarkTable, StoreFault};

const ALL: &str = "SELECT name, value FROM marks WHERE name >= ?1 AND name < ?1 || char(0x10ffff) ORDER BY name";
const ONE: &str = "SELECT value FROM marks WHERE name = ?1";
const SAVE: &str = "INSERT OR REPLACE INTO marks (name, value) VALUES (?1, ?2)";
const REMOVE: &str = "DELETE FROM marks WHERE name = ?1";

/// A change of one mark.
struct Swap {
    name: String,
    expected: Option<String>,
    new: Option<String>,
    demand: Option<Demand>,
}

impl MarkTable for Sqlite {
    fn marks<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<(String, String)>, StoreFault>> {
        Box::pin(async move {
            let ticket = match self.cache.marks(prefix) {
                Look::Hit(marks) => return Ok(marks),
                Look::Miss(ticket) => ticket,
            };
            let marks = self.read(|db| all(db, prefix))?;
            self.cache.keep_marks(ticket, prefix, &marks);
            Ok(marks)
        })
    }

    fn swap_mark<'a>(
        &'a self,
        name: &'a str,
        expected: Option<&'a str>,
        new: Option<&'a str>,
        demand: Option<Demand>,
    ) -> BoxFuture<'a, Result<Audited<bool>, StoreFault>> {
        let (expected, new) = (expected.map(str::to_owned), new.map(str::to_owned));
        let swap = Swap { name: name.to_owned(), expected, new, demand };
        let path = self.path.clone();
        Box::pin(self.writer.write(move |db| apply(db, &swap, &path)))
    }
}

pub(crate) fn all(db: &Connection, prefix: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut statement = db.prepare_cached(ALL)?;
    let rows = statement.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.map(|row| Ok(row?)).collect()
}

fn apply(db: &Connection, swap: &Swap, path: &Path) -> Written<Audited<bool>> {
    let Swap { name, expected, new, demand } = swap;
    let found: Option<String> = db.prepare_cached(ONE)?.query_row([name], |row| row.get(0)).optional()?;
    if found != *expected {
        return Ok((Effect::Nothing, Audited::whole(false)));
    }
    match new {
        _ if found == *new => {}
        Some(new) => {
            db.prepare_cached(SAVE)?.execute(params![name, new])?;
        }
        None => {
            db.prepare_cached(REMOVE)?.execute([name])?;
        }
    }
    let unaudited = demand.as_ref().map(|demand| append_demanded(db, demand, path)).transpose()?.flatten();
    let effect = if found == *new && demand.is_none() { Effect::Nothing } else { Effect::Mark };
    Ok((effect, Audited { value: true, unaudited }))
}
