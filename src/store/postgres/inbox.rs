//! The tables of what channels have delivered, and of what they have noted.

use deadpool_postgres::{GenericClient, Object, Transaction};
use jiff::Timestamp;
use modelpin_chat::BoxFuture;

use crate::store::inbox_table::{DEALT_WITH, REMEMBERED};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::{Postgres, count};
use crate::store::row::{broken, nanos, time, whole};
use crate::store::{Delivery, InboxTable, StoreFault, Waiting};

const TABLE: &str = "inbox";
const WAITING: &str =
    "SELECT number, body FROM modelpin.inbox WHERE mailbox = $1 AND body IS NOT NULL ORDER BY arrival";
const LAST: &str = "SELECT number, at FROM modelpin.inbox WHERE mailbox = $1 ORDER BY arrival DESC LIMIT 1";
const KNOWN: &str = "SELECT body IS NULL, at FROM modelpin.inbox WHERE mailbox = $1 AND number = $2";
/// A number that comes again after a long time arrives anew.
const FORGET_ONE: &str = "DELETE FROM modelpin.inbox WHERE mailbox = $1 AND number = $2 AND body IS NULL";
/// Nothing comes back where another process was first.
const KEEP: &str = "INSERT INTO modelpin.inbox (mailbox, number, at, body) VALUES ($1, $2, $3, $4)
    ON CONFLICT (mailbox, number) DO NOTHING RETURNING arrival";
const DONE: &str = "INSERT INTO modelpin.inbox (mailbox, number, at, body) VALUES ($1, $2, $3, NULL)
    ON CONFLICT (mailbox, number) DO UPDATE SET body = NULL, at = excluded.at";
const FORGET: &str = "DELETE FROM modelpin.inbox WHERE mailbox = $1 AND body IS NULL AND arrival <=
    (SELECT arrival FROM modelpin.inbox WHERE mailbox = $1 ORDER BY arrival DESC LIMIT 1 OFFSET $2)";
const NOTE: &str = "SELECT value FROM modelpin.notes WHERE mailbox = $1 AND name = $2";
const PUT_NOTE: &str = "INSERT INTO modelpin.notes AS kept (mailbox, name, value) VALUES ($1, $2, $3)
    ON CONFLICT (mailbox, name) DO UPDATE SET value = excluded.value WHERE kept.value <> excluded.value";

/// So many more than need be are remembered before the oldest are let go, all at once: looking for them costs as much as
/// there are.
const SLACK: i64 = 128;

impl InboxTable for Postgres {
    fn waiting<'a>(&'a self, mailbox: &'a str) -> BoxFuture<'a, Result<Waiting, StoreFault>> {
        self.read(mailbox.to_owned(), |client, mailbox| Box::pin(waiting(client, mailbox)))
    }

    fn receive<'a>(
        &'a self,
        mailbox: &'a str,
        deliveries: Vec<Delivery>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<bool>, StoreFault>> {
        self.write((mailbox.to_owned(), deliveries, now), |transaction, (mailbox, deliveries, now)| {
            Box::pin(receive(transaction, mailbox, deliveries, *now))
        })
    }

    fn known<'a>(
        &'a self,
        mailbox: &'a str,
        numbers: Vec<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<bool>, StoreFault>> {
        self.read((mailbox.to_owned(), numbers, now), |client, (mailbox, numbers, now)| {
            Box::pin(async move {
                let mut known = Vec::with_capacity(numbers.len());
                for number in numbers {
                    known.push(is_known(client, mailbox, *number, *now).await?);
                }
                Ok(known)
            })
        })
    }

    fn dealt_with<'a>(
        &'a self,
        mailbox: &'a str,
        numbers: Vec<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), StoreFault>> {
        self.write((mailbox.to_owned(), numbers, now), |transaction, (mailbox, numbers, now)| {
            Box::pin(async move {
                let done = transaction.prepare_cached(DONE).await?;
                for number in numbers {
                    transaction.execute(&done, &[mailbox, &whole(*number), &nanos(*now)]).await?;
                }
                Ok(())
            })
        })
    }

    fn note<'a>(&'a self, mailbox: &'a str, name: &'a str) -> BoxFuture<'a, Result<Option<String>, StoreFault>> {
        self.read((mailbox.to_owned(), name.to_owned()), |client, (mailbox, name)| {
            Box::pin(async move {
                let row = client.query_opt(NOTE, &[mailbox, name]).await?;
                Ok(row.map(|row| row.try_get(0)).transpose()?)
            })
        })
    }

    fn put_note<'a>(&'a self, mailbox: &'a str, name: &'a str, value: String) -> BoxFuture<'a, Result<(), StoreFault>> {
        self.read((mailbox.to_owned(), name.to_owned(), value), |client, (mailbox, name, value)| {
            Box::pin(async move {
                client.execute(PUT_NOTE, &[mailbox, name, value]).await?;
                Ok(())
            })
        })
    }
}

async fn waiting(client: &Object, mailbox: &str) -> Result<Waiting, Failure> {
    let rows = client.query(WAITING, &[&mailbox]).await?;
    let deliveries = rows
        .iter()
        .map(|row| Ok(Delivery { number: number_of(row.try_get(0)?)?, body: row.try_get(1)? }))
        .collect::<Result<_, Failure>>()?;
    let last = client.query_opt(LAST, &[&mailbox]).await?;
    let last =
        last.map(|row| Ok::<_, Failure>((number_of(row.try_get(0)?)?, time(TABLE, row.try_get(1)?)?))).transpose()?;
    Ok(Waiting { deliveries, last })
}

async fn receive(
    transaction: &Transaction<'_>,
    mailbox: &str,
    deliveries: &[Delivery],
    now: Timestamp,
) -> Result<Vec<bool>, Failure> {
    let keep = transaction.prepare_cached(KEEP).await?;
    let forget_one = transaction.prepare_cached(FORGET_ONE).await?;
    let mut are_new = Vec::with_capacity(deliveries.len());
    let (mut first, mut last) = (None, None);
    for Delivery { number, body } in deliveries {
        if is_known(transaction, mailbox, *number, now).await? {
            are_new.push(false);
            continue;
        }
        let number = whole(*number);
        transaction.execute(&forget_one, &[&mailbox, &number]).await?;
        let arrival = transaction.query_opt(&keep, &[&mailbox, &number, &nanos(now), &Some(body)]).await?;
        are_new.push(arrival.is_some());
        if let Some(row) = arrival {
            let arrival: i64 = row.try_get(0)?;
            first.get_or_insert(arrival);
            last = Some(arrival);
        }
    }
    // In each call that went past a multiple, so that one long batch does not miss it.
    if let (Some(first), Some(last)) = (first, last)
        && last / SLACK != (first - 1) / SLACK
    {
        transaction.execute(FORGET, &[&mailbox, &count(DEALT_WITH)]).await?;
    }
    Ok(are_new)
}

async fn is_known(client: &impl GenericClient, mailbox: &str, number: u64, now: Timestamp) -> Result<bool, Failure> {
    let known = client.prepare_cached(KNOWN).await?;
    let Some(row) = client.query_opt(&known, &[&mailbox, &whole(number)]).await? else { return Ok(false) };
    let (is_dealt_with, at): (bool, i64) = (row.try_get(0)?, row.try_get(1)?);
    // A number that was dealt with long ago belongs to something else by now.
    Ok(!is_dealt_with || now.duration_since(time(TABLE, at)?) < REMEMBERED)
}

fn number_of(number: i64) -> Result<u64, Failure> {
    u64::try_from(number).map_err(|fault| broken(TABLE, &fault).into())
}
