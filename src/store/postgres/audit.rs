//! The table of the audit, and how a row gets into the transaction of its change.

use std::path::Path;

use deadpool_postgres::{Object, Transaction};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use modelpin_chat::BoxFuture;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

use crate::audit::{Demand, Entry, Head, Link};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::{Postgres, count};
use crate::store::row::{broken, json, nanos, whole};
use crate::store::{AuditLog, StoreFault};

const TABLE: &str = "audit";
const HEAD: &str = "SELECT number, hash FROM modelpin.audit_head WHERE one = 1";
/// Who adds a row takes the end of the chain for as long as the transaction lasts.
const TAKE_HEAD: &str = "SELECT number, hash FROM modelpin.audit_head WHERE one = 1 FOR UPDATE";
/// A row to take where there is none: nobody ever wrote anything, or somebody has taken the end away.
const PLACE_HEAD: &str =
    "INSERT INTO modelpin.audit_head (one, number, hash) VALUES (1, 0, '') ON CONFLICT (one) DO NOTHING";
const LAST_ROW: &str = "SELECT number, hash FROM modelpin.audit ORDER BY number DESC LIMIT 1";
const ADD: &str = "INSERT INTO modelpin.audit (number, at, body, hash) VALUES ($1, $2, $3, $4)";
const KEEP: &str = "UPDATE modelpin.audit_head SET number = $1, hash = $2 WHERE one = 1";
const FROM: &str =
    "SELECT number, body, hash FROM modelpin.audit WHERE number > $1 AND at >= $2 ORDER BY number LIMIT $3";
const LAST: &str = "SELECT number, body, hash FROM
    (SELECT number, body, hash FROM modelpin.audit ORDER BY number DESC LIMIT $1) AS last ORDER BY number";

impl AuditLog for Postgres {
    fn log_change(&self, entry: Entry) -> BoxFuture<'_, Result<Link, StoreFault>> {
        self.write(entry, |transaction, entry| Box::pin(append(transaction, entry)))
    }

    fn links(
        &self,
        after: u64,
        since: Option<Timestamp>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Link>, StoreFault>> {
        let asked = (whole(after), since.map_or(i64::MIN, nanos), count(limit));
        self.read(asked, |client, (after, since, limit)| Box::pin(many(client, FROM, vec![after, since, limit])))
    }

    fn last_links(&self, limit: usize) -> BoxFuture<'_, Result<Vec<Link>, StoreFault>> {
        self.read(count(limit), |client, limit| Box::pin(many(client, LAST, vec![limit])))
    }

    fn head(&self) -> BoxFuture<'_, Result<Option<Head>, StoreFault>> {
        self.read((), |client, ()| {
            Box::pin(async move {
                let head = client.query_opt(HEAD, &[]).await?.map(|row| end(&row)).transpose()?;
                // Placed by a writer that could not write.
                Ok(head.filter(|head| head.number > 0))
            })
        })
    }
}

/// Adds the entry to the end of the chain, in the transaction that is open.
async fn append(transaction: &Transaction<'_>, entry: &Entry) -> Result<Link, Failure> {
    let take = transaction.prepare_cached(TAKE_HEAD).await?;
    let head = if let Some(row) = transaction.query_opt(&take, &[]).await? {
        end(&row)?
    } else {
        transaction.execute(PLACE_HEAD, &[]).await?;
        end(&transaction.query_one(&take, &[]).await?)?
    };
    let last = if head.number > 0 {
        Some(head)
    } else {
        // Somebody has taken the end away: what is there is gone on with, and the gap is found.
        transaction.query_opt(LAST_ROW, &[]).await?.map(|row| end(&row)).transpose()?
    };
    let link = Link::after(last.as_ref(), json(TABLE, entry)?);
    let number = whole(link.number);
    let add = transaction.prepare_cached(ADD).await?;
    transaction.execute(&add, &[&number, &nanos(entry.at), &link.body, &link.hash]).await?;
    let keep = transaction.prepare_cached(KEEP).await?;
    transaction.execute(&keep, &[&number, &link.hash]).await?;
    Ok(link)
}

/// Adds the entry that goes with a change, in the change's own transaction. Returns why it is missing, where it may be.
pub(crate) async fn append_demanded(
    transaction: &Transaction<'_>,
    demand: &Demand,
    shown: &Path,
) -> Result<Option<StoreFault>, Failure> {
    transaction.batch_execute("SAVEPOINT audit").await?;
    match append(transaction, &demand.entry).await {
        Ok(_) => {
            transaction.batch_execute("RELEASE SAVEPOINT audit").await?;
            Ok(None)
        }
        Err(failure) if failure.is_because_of_others() => Err(failure),
        Err(failure) => match failure.of(shown) {
            // It is not the audit that is wrong.
            away @ StoreFault::Away { .. } => Err(away.into()),
            fault if demand.required => Err(StoreFault::Unaudited { why: fault.to_string() }.into()),
            fault => {
                transaction.batch_execute("ROLLBACK TO SAVEPOINT audit").await?;
                Ok(Some(fault))
            }
        },
    }
}

/// The link of an entry behind the end of the chain.
pub(crate) fn after(end: &Head, entry: &Entry) -> Result<Link, Failure> {
    Ok(Link::after(Some(end), json(TABLE, entry)?))
}

/// The statements by which many rows are added at once. None of them waits for another before it is sent.
pub(crate) struct Taking {
    take: Statement,
    add: Statement,
    keep: Statement,
}

impl Taking {
    pub(crate) async fn prepare(client: &Object) -> Result<Self, Failure> {
        let take = client.prepare_cached(TAKE_HEAD).await?;
        let add = client.prepare_cached(ADD).await?;
        Ok(Self { take, add, keep: client.prepare_cached(KEEP).await? })
    }

    /// Takes the end of the chain; `None` where there is none that can be gone on from.
    pub(crate) async fn take(&self, client: &Object) -> Result<Option<Head>, Failure> {
        let end = client.query_opt(&self.take, &[]).await?.map(|row| end(&row)).transpose()?;
        Ok(end.filter(|end| end.number > 0))
    }

    /// Adds rows, each with its time.
    pub(crate) async fn add(&self, client: &Object, links: &[(Link, Timestamp)]) -> Result<(), Failure> {
        try_join_all(links.iter().map(async |(link, at)| {
            let (number, at) = (whole(link.number), nanos(*at));
            Ok::<_, Failure>(client.execute(&self.add, &[&number, &at, &link.body, &link.hash]).await?)
        }))
        .await
        .map(drop)
    }

    /// Keeps the new end.
    pub(crate) async fn keep(&self, client: &Object, Head { number, hash }: &Head) -> Result<(), Failure> {
        client.execute(&self.keep, &[&whole(*number), hash]).await?;
        Ok(())
    }
}

async fn many(client: &Object, query: &str, asked: Vec<&(dyn ToSql + Sync)>) -> Result<Vec<Link>, Failure> {
    let statement = client.prepare_cached(query).await?;
    let rows = client.query(&statement, &asked).await?;
    rows.iter()
        .map(|row| Ok(Link { number: number_of(row.try_get(0)?)?, body: row.try_get(1)?, hash: row.try_get(2)? }))
        .collect()
}

fn end(row: &Row) -> Result<Head, Failure> {
    Ok(Head { number: number_of(row.try_get(0)?)?, hash: row.try_get(1)? })
}

fn number_of(number: i64) -> Result<u64, Failure> {
    u64::try_from(number).map_err(|fault| broken(TABLE, &fault).into())
}
