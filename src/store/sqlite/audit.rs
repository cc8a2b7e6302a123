//! The table of the audit, and how a row gets into the transaction of its change.

use std::path::Path;

use jiff::Timestamp;
use modelpin_chat::BoxFuture;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::audit::{Demand, Entry, Head, Link};
use crate::store::row::{broken, json, nanos, whole};
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::cache::Effect;
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::job::Written;
use crate::store::{AuditLog, StoreFault};

const TABLE: &str = "audit";
const HEAD: &str = "SELECT number, hash FROM audit_head WHERE one = 1";
const LAST_ROW: &str = "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1";
const ADD: &str = "INSERT INTO audit (number, at, body, hash) VALUES (?1, ?2, ?3, ?4)";
const KEEP: &str = "INSERT OR REPLACE INTO audit_head (one, number, hash) VALUES (1, ?1, ?2)";
const FROM: &str = "SELECT number, body, hash FROM audit WHERE number > ?1 AND at >= ?2 ORDER BY number LIMIT ?3";
const LAST: &str = "SELECT number, body, hash FROM (SELECT number, body, hash FROM audit ORDER BY number DESC LIMIT ?1) ORDER BY number";

impl AuditLog for Sqlite {
    fn log_change(&self, entry: Entry) -> BoxFuture<'_, Result<Link, StoreFault>> {
        Box::pin(self.writer.write(move |db| -> Written<Link> { Ok((Effect::Elsewhere, append(db, &entry)?)) }))
    }

    fn links(
        &self,
        after: u64,
        since: Option<Timestamp>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Link>, StoreFault>> {
        let since = since.map_or(i64::MIN, nanos);
        Box::pin(async move { self.read(|db| many(db, FROM, params![whole(after), since, count(limit)])) })
    }

    fn last_links(&self, limit: usize) -> BoxFuture<'_, Result<Vec<Link>, StoreFault>> {
        Box::pin(async move { self.read(|db| many(db, LAST, params![count(limit)])) })
    }

    fn head(&self) -> BoxFuture<'_, Result<Option<Head>, StoreFault>> {
        Box::pin(async move { self.read(|db| one(db, HEAD)) })
    }
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Adds the entry to the end of the chain, in the transaction that is open.
fn append(db: &Connection, entry: &Entry) -> Result<Link, Failure> {
    let last = match one(db, HEAD)? {
        Some(head) => Some(head),
        // Somebody has taken the end away: what is there is gone on with, and the gap is found.
        None => one(db, LAST_ROW)?,
    };
    let link = Link::after(last.as_ref(), json(TABLE, entry)?);
    let number = whole(link.number);
    db.prepare_cached(ADD)?.execute(params![number, nanos(entry.at), link.body, link.hash])?;
    db.prepare_cached(KEEP)?.execute(params![number, link.hash])?;
    Ok(link)
}

/// Adds the entry that goes with a change, in the change's own transaction. Returns why it is missing, where it may be.
pub(crate) fn append_demanded(db: &Connection, demand: &Demand, path: &Path) -> Result<Option<StoreFault>, Failure> {
    db.prepare_cached("SAVEPOINT audit")?.execute([])?;
    let added = append(db, &demand.entry);
    let unaudited = match added {
        Ok(_) => None,
        // SQLite has ended the whole transaction by itself.
        Err(failure) if db.is_autocommit() => return Err(failure),
        Err(failure) if demand.required => {
            let why = failure.of(path).to_string();
            return Err(StoreFault::Unaudited { why }.into());
        }
        Err(failure) => {
            db.prepare_cached("ROLLBACK TO audit")?.execute([])?;
            Some(failure.of(path))
        }
    };
    db.prepare_cached("RELEASE audit")?.execute([])?;
    Ok(unaudited)
}

fn one(db: &Connection, query: &'static str) -> Result<Option<Head>, Failure> {
    let row = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
    let found = db.prepare_cached(query)?.query_row([], row).optional()?;
    found.map(|(number, hash)| Ok(Head { number: number_of(number)?, hash })).transpose()
}

fn many(db: &Connection, query: &'static str, params: impl rusqlite::Params) -> Result<Vec<Link>, Failure> {
    let mut statement = db.prepare_cached(query)?;
    let rows = statement.query_map(params, |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?)))?;
    rows.map(|row| {
        let (number, body, hash) = row?;
        Ok(Link { number: number_of(number)?, body, hash })
    })
    .collect()
}

fn number_of(number: i64) -> Result<u64, Failure> {
    u64::try_from(number).map_err(|fault| broken(TABLE, &fault).into())
}
