//! The table of the receipts.

use modelpin_chat::BoxFuture;
use rusqlite::{Connection, OptionalExtension, params};

use crate::receipt::Receipt;
use crate::session::SessionKey;
use crate::store::row::{from_json, json, nanos};
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::cache::Effect;
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::job::Written;
use crate::store::sqlite::usage;
use crate::store::{ReceiptLog, StoreFault};

const TABLE: &str = "receipts";
const ADD: &str = "INSERT INTO receipts (session, at, answered, body) VALUES (?1, ?2, ?3, ?4)";
const LAST: &str = "SELECT body FROM receipts WHERE session = ?1 ORDER BY id DESC LIMIT 1";
const LAST_ANSWER: &str = "SELECT body FROM receipts WHERE session = ?1 AND answered = 1 ORDER BY id DESC LIMIT 1";
const LATEST: &str = "SELECT body FROM receipts ORDER BY id DESC LIMIT ?1";

impl ReceiptLog for Sqlite {
    fn record(&self, receipt: Receipt) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(self.writer.write(move |db| record(db, &receipt)))
    }

    fn last_receipt<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>> {
        Box::pin(async move { self.read(|db| last(db, LAST, key)) })
    }

    fn latest_receipts(&self, limit: usize) -> BoxFuture<'_, Result<Vec<Receipt>, StoreFault>> {
        Box::pin(async move { self.read(|db| latest(db, limit)) })
    }

    fn last_answer<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>> {
        Box::pin(async move { self.read(|db| last(db, LAST_ANSWER, key)) })
    }
}

fn record(db: &Connection, receipt: &Receipt) -> Written<()> {
    let body = json(TABLE, receipt)?;
    db.prepare_cached(ADD)?.execute(params![receipt.session.as_str(), nanos(receipt.at), receipt.is_answer(), body])?;
    usage::add(db, receipt)?;
    Ok((Effect::Elsewhere, ()))
}

fn latest(db: &Connection, limit: usize) -> Result<Vec<Receipt>, Failure> {
    let mut statement = db.prepare_cached(LATEST)?;
    let rows = statement.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get::<_, String>(0))?;
    rows.map(|body| Ok(from_json(TABLE, &body?)?)).collect()
}

fn last(db: &Connection, query: &'static str, key: &SessionKey) -> Result<Option<Receipt>, Failure> {
    let body = db.prepare_cached(query)?.query_row([key.as_str()], |row| row.get::<_, String>(0)).optional()?;
    Ok(body.map(|body| from_json(TABLE, &body)).transpose()?)
}
