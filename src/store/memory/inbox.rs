//! What channels have delivered, and what they have noted.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use modelpin_chat::BoxFuture;

use crate::store::inbox_table::{DEALT_WITH, REMEMBERED};
use crate::store::{Delivery, InboxTable, Memory, StoreFault, Waiting};

/// One mailbox.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    /// By arrival.
    kept: BTreeMap<u64, Kept>,
    notes: HashMap<String, String>,
}

#[derive(Debug)]
struct Kept {
    number: u64,
    at: Timestamp,
    /// `None` when it was dealt with.
    body: Option<String>,
}

impl Mailbox {
    fn arrival(&self, number: u64) -> Option<u64> {
        self.kept.iter().find(|(_, kept)| kept.number == number).map(|(arrival, _)| *arrival)
    }

    fn put(&mut self, kept: Kept) {
        let before = self.arrival(kept.number);
        before.and_then(|arrival| self.kept.remove(&arrival));
        let arrival = self.kept.last_key_value().map_or(1, |(arrival, _)| arrival + 1);
        self.kept.insert(arrival, kept);
    }

    fn knows(&self, number: u64, now: Timestamp) -> bool {
        let known = self.arrival(number).and_then(|arrival| self.kept.get(&arrival));
        known.is_some_and(|kept| kept.body.is_some() || now.duration_since(kept.at) < REMEMBERED)
    }

    fn receive(&mut self, delivery: Delivery, now: Timestamp) -> bool {
        if self.knows(delivery.number, now) {
            return false;
        }
        self.put(Kept { number: delivery.number, at: now, body: Some(delivery.body) });
        true
    }

    fn dealt_with(&mut self, number: u64, now: Timestamp) {
        let known = self.arrival(number).and_then(|arrival| self.kept.get_mut(&arrival));
        match known {
            Some(kept) => *kept = Kept { number, at: now, body: None },
            None => self.put(Kept { number, at: now, body: None }),
        }
    }

    fn forget(&mut self) {
        let first = self.kept.keys().rev().nth(DEALT_WITH).copied();
        self.kept.retain(|arrival, kept| kept.body.is_some() || first.is_none_or(|first| *arrival > first));
    }
}

impl InboxTable for Memory {
    fn waiting<'a>(&'a self, mailbox: &'a str) -> BoxFuture<'a, Result<Waiting, StoreFault>> {
        Box::pin(async move {
            let mut tables = self.tables();
            let kept = &tables.mailboxes.entry(mailbox.to_owned()).or_default().kept;
            let waits = |kept: &Kept| Some(Delivery { number: kept.number, body: kept.body.clone()? });
            Ok(Waiting {
                deliveries: kept.values().filter_map(waits).collect(),
                last: kept.values().next_back().map(|kept| (kept.number, kept.at)),
            })
        })
    }

    fn receive<'a>(
        &'a self,
        mailbox: &'a str,
        deliveries: Vec<Delivery>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<bool>, StoreFault>> {
        Box::pin(async move {
            let mut tables = self.tables();
            let mailbox = tables.mailboxes.entry(mailbox.to_owned()).or_default();
            let are_new = deliveries.into_iter().map(|delivery| mailbox.receive(delivery, now)).collect();
            mailbox.forget();
            Ok(are_new)
        })
    }

    fn known<'a>(
        &'a self,
        mailbox: &'a str,
        numbers: Vec<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<bool>, StoreFault>> {
        Box::pin(async move {
            let tables = self.tables();
            let mailbox = tables.mailboxes.get(mailbox);
            let knows = |number: u64| mailbox.is_some_and(|mailbox| mailbox.knows(number, now));
            Ok(numbers.into_iter().map(knows).collect())
        })
    }

    fn dealt_with<'a>(
        &'a self,
        mailbox: &'a str,
        numbers: Vec<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), StoreFault>> {
        Box::pin(async move {
            let mut tables = self.tables();
            let mailbox = tables.mailboxes.entry(mailbox.to_owned()).or_default();
            for number in numbers {
                mailbox.dealt_with(number, now);
            }
            Ok(())
        })
    }

    fn note<'a>(&'a self, mailbox: &'a str, name: &'a str) -> BoxFuture<'a, Result<Option<String>, StoreFault>> {
        Box::pin(async move {
            let tables = self.tables();
            Ok(tables.mailboxes.get(mailbox).and_then(|mailbox| mailbox.notes.get(name).cloned()))
        })
    }

    fn put_note<'a>(&'a self, mailbox: &'a str, name: &'a str, value: String) -> BoxFuture<'a, Result<(), StoreFault>> {
        Box::pin(async move {
            self.tables().mailboxes.entry(mailbox.to_owned()).or_default().notes.insert(name.to_owned(), value);
            Ok(())
        })
    }
}
