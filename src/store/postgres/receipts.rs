//! The table of the receipts.

use deadpool_postgres::{Object, Transaction};
use modelpin_chat::BoxFuture;

use crate::receipt::Receipt;
use crate::session::SessionKey;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::{Postgres, count, usage};
use crate::store::row::{from_json, json, nanos};
use crate::store::{ReceiptLog, StoreFault};

const TABLE: &str = "receipts";
const ADD: &str = "INSERT INTO modelpin.receipts (session, at, answered, body) VALUES ($1, $2, $3, $4)";
const LAST: &str = "SELECT body FROM modelpin.receipts WHERE session = $1 ORDER BY id DESC LIMIT 1";
const LAST_ANSWER: &str = "SELECT body FROM modelpin.receipts WHERE session = $1 AND answered ORDER BY id DESC LIMIT 1";
const LATEST: &str = "SELECT body FROM modelpin.receipts ORDER BY id DESC LIMIT $1";

impl ReceiptLog for Postgres {
    fn record(&self, receipt: Receipt) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.write(receipt, |transaction, receipt| Box::pin(record(transaction, receipt)))
    }

    fn last_receipt<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>> {
        self.read(key.to_string(), |client, key| Box::pin(last(client, LAST, key)))
    }

    fn latest_receipts(&self, limit: usize) -> BoxFuture<'_, Result<Vec<Receipt>, StoreFault>> {
        self.read(count(limit), |client, limit| {
            Box::pin(async move {
                let rows = client.query(LATEST, &[limit]).await?;
                rows.iter().map(|row| Ok(from_json(TABLE, row.try_get(0)?)?)).collect()
            })
        })
    }

    fn last_answer<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>> {
        self.read(key.to_string(), |client, key| Box::pin(last(client, LAST_ANSWER, key)))
    }
}

async fn record(transaction: &Transaction<'_>, receipt: &Receipt) -> Result<(), Failure> {
    let body = json(TABLE, receipt)?;
    let add = transaction.prepare_cached(ADD).await?;
    let session = receipt.session.as_str();
    transaction.execute(&add, &[&session, &nanos(receipt.at), &receipt.is_answer(), &body]).await?;
    usage::add(transaction, receipt).await
}

async fn last(client: &Object, query: &str, key: &str) -> Result<Option<Receipt>, Failure> {
    let statement = client.prepare_cached(query).await?;
    let row = client.query_opt(&statement, &[&key]).await?;
    row.map(|row| Ok(from_json(TABLE, row.try_get(0)?)?)).transpose()
}
