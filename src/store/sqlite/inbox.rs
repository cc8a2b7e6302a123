//! The tables of what channels have delivered, and of what they have noted.

use jiff::Timestamp;
use modelpin_chat::BoxFuture;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::inbox_table::{DEALT_WITH, REMEMBERED};
use crate::store::row::{nanos, time};
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::cache::Effect;
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::job::Written;
use crate::store::{Delivery, InboxTable, StoreFault, Waiting};

const TABLE: &str = "inbox";
const WAITING: &str = "SELECT number, body FROM inbox WHERE mailbox = ?1 AND body IS NOT NULL ORDER BY arrival";
const LAST: &str = "SELECT number, at FROM inbox WHERE mailbox = ?1 ORDER BY arrival DESC LIMIT 1";
const KNOWN: &str = "SELECT body IS NULL, at FROM inbox WHERE mailbox = ?1 AND number = ?2";
const KEEP: &str = "INSERT OR REPLACE INTO inbox (mailbox, number, at, body) VALUES (?1, ?2, ?3, ?4)";
const DONE: &str = "UPDATE inbox SET body = NULL, at = ?3 WHERE mailbox = ?1 AND number = ?2";
const FORGET: &str = "DELETE FROM inbox WHERE mailbox = ?1 AND body IS NULL AND arrival <=
    (SELECT arrival FROM inbox WHERE mailbox = ?1 ORDER BY arrival DESC LIMIT 1 OFFSET ?2)";
const NOTE: &str = "SELECT value FROM notes WHERE mailbox = ?1 AND name = ?2";
const PUT_NOTE: &str = "INSERT INTO notes (mailbox, name, value) VALUES (?1, ?2, ?3)
    ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value";

/// So many more than need be are remembered before the oldest are let go, all at once: looking for them costs as much as
/// there are.
const SLACK: i64 = 128;

impl InboxTable for Sqlite {
    fn waiting<'a>(&'a self, mailbox: &'a str) -> BoxFuture<'a, Result<Waiting, StoreFault>> {
        Box::pin(async move { self.read(|db| waiting(db, mailbox)) })
    }

    fn receive<'a>(
        &'a self,
        mailbox: &'a str,
        deliveries: Vec<Delivery>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<bool>, StoreFault>> {
        let mailbox = mailbox.to_owned();
        Box::pin(self.writer.write(move |db| receive(db, &mailbox, &deliveries, now)))
    }

    fn known<'a>(
        &'a self,
        mailbox: &'a str,
        numbers: Vec<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<bool>, StoreFault>> {
        Box::pin(
            async move { self.read(|db| numbers.iter().map(|number| is_known(db, mailbox, *number, now)).collect()) },
        )
    }

    fn dealt_with<'a>(
        &'a self,
        mailbox: &'a str,
        numbers: Vec<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), StoreFault>> {
        let mailbox = mailbox.to_owned();
        Box::pin(self.writer.write(move |db| dealt_with(db, &mailbox, &numbers, now)))
    }

    fn note<'a>(&'a self, mailbox: &'a str, name: &'a str) -> BoxFuture<'a, Result<Option<String>, StoreFault>> {
        Box::pin(async move {
            self.read(|db| Ok(db.prepare_cached(NOTE)?.query_row([mailbox, name], |row| row.get(0)).optional()?))
        })
    }

    fn put_note<'a>(&'a self, mailbox: &'a str, name: &'a str, value: String) -> BoxFuture<'a, Result<(), StoreFault>> {
        let (mailbox, name) = (mailbox.to_owned(), name.to_owned());
        Box::pin(self.writer.write(move |db| {
            let changed = db.prepare_cached(PUT_NOTE)?.execute(params![mailbox, name, value])?;
            Ok((effect(changed), ()))
        }))
    }
}

fn waiting(db: &Connection, mailbox: &str) -> Result<Waiting, Failure> {
    let mut statement = db.prepare_cached(WAITING)?;
    let rows = statement.query_map([mailbox], |row| Ok(Delivery { number: row.get(0)?, body: row.get(1)? }))?;
    let deliveries = rows.collect::<Result<_, _>>()?;
    let last = db.prepare_cached(LAST)?.query_row([mailbox], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let last = last.map(|(number, at)| Ok::<_, Failure>((number, time(TABLE, at)?))).transpose()?;
    Ok(Waiting { deliveries, last })
}

fn receive(db: &Connection, mailbox: &str, deliveries: &[Delivery], now: Timestamp) -> Written<Vec<bool>> {
    let mut keep = db.prepare_cached(KEEP)?;
    let mut are_new = Vec::with_capacity(deliveries.len());
    let mut last = None;
    for Delivery { number, body } in deliveries {
        let is_known = is_known(db, mailbox, *number, now)?;
        if !is_known {
            keep.execute(params![mailbox, number, nanos(now), body])?;
            last = Some(db.last_insert_rowid());
        }
        are_new.push(!is_known);
    }
    let kept = are_new.iter().filter(|is_new| **is_new).count();
    if let Some(last) = last {
        // In each call that went past a multiple, so that one long batch does not miss it.
        let first = last - i64::try_from(kept).unwrap_or(0);
        if last / SLACK != first / SLACK {
            let dealt_with = i64::try_from(DEALT_WITH).unwrap_or(i64::MAX);
            db.prepare_cached(FORGET)?.execute(params![mailbox, dealt_with])?;
        }
    }
    Ok((effect(kept), are_new))
}

fn is_known(db: &Connection, mailbox: &str, number: u64, now: Timestamp) -> Result<bool, Failure> {
    let mut known = db.prepare_cached(KNOWN)?;
    let seen: Option<(bool, i64)> =
        known.query_row(params![mailbox, number], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match seen {
        None => Ok(false),
        Some((false, _)) => Ok(true),
        // A number that was dealt with long ago belongs to something else by now.
        Some((true, at)) => Ok(now.duration_since(time(TABLE, at)?) < REMEMBERED),
    }
}

fn dealt_with(db: &Connection, mailbox: &str, numbers: &[u64], now: Timestamp) -> Written<()> {
    let mut done = db.prepare_cached(DONE)?;
    let mut keep = db.prepare_cached(KEEP)?;
    for number in numbers {
        if done.execute(params![mailbox, number, nanos(now)])? == 0 {
            keep.execute(params![mailbox, number, nanos(now), None::<String>])?;
        }
    }
    Ok((effect(numbers.len()), ()))
}

fn effect(changed: usize) -> Effect {
    if changed == 0 { Effect::Nothing } else { Effect::Elsewhere }
}
