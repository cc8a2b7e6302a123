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
use crate::store::{ReceiptLog, StoreFault};

const TABLE: &str = "receipts";
const ADD: &str = "INSERT INTO receipts (session, at, body) VALUES (?1, ?2, ?3)";
const LAST: &str = "SELECT body FROM receipts WHERE session = ?1 ORDER BY id DESC LIMIT 1";

impl ReceiptLog for Sqlite {
    fn record(&self, receipt: Receipt) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(self.writer.write(move |db| record(db, &receipt)))
    }

    fn last_receipt<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>> {
        Box::pin(async move { self.read(|db| last(db, key)) })
    }
}

fn record(db: &Connection, receipt: &Receipt) -> Written<()> {
    let body = json(TABLE, receipt)?;
    db.prepare_cached(ADD)?.execute(params![receipt.session.as_str(), nanos(receipt.at), body])?;
    Ok((Effect::Elsewhere, ()))
}

fn last(db: &Connection, key: &SessionKey) -> Result<Option<Receipt>, Failure> {
    let body = db.prepare_cached(LAST)?.query_row([key.as_str()], |row| row.get::<_, String>(0)).optional()?;
    Ok(body.map(|body| from_json(TABLE, &body)).transpose()?)
}
