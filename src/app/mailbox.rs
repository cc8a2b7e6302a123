//! The inbox of one bot, over the state of the program.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use modelpin_chat::BoxFuture;
use modelpin_delivery::{Inbox, InboxFault, Kept, Received, Resumed};

use crate::app::parts::{IsSecret, Parts};
use crate::clock::Clock;
use crate::keyshape::secret_in;
use crate::store::{self, InboxTable, StoreFault};

/// After so long a silence Telegram begins to number anew, and may begin below what was last; a day less than it says.
const SILENCE: SignedDuration = SignedDuration::from_hours(6 * 24);

/// How many numbers are remembered in memory while nothing can be written.
const REMEMBERED: usize = 1_024;

/// What one bot has received and not dealt with.
///
/// A message with a secret in it is not written down. Where nothing can be written at all, none is: each is then dealt
/// with before the next is asked for, because people are to be answered also while the disk is full.
pub(crate) struct Mailbox {
    table: Arc<dyn InboxTable>,
    name: String,
    clock: Arc<dyn Clock>,
    is_secret: IsSecret,
    /// Dealt with, and not written yet.
    due: Mutex<Vec<u64>>,
    /// Dealt with while that could not be written: the latest of them.
    unwritten: Mutex<VecDeque<u64>>,
    failing: AtomicBool,
}

impl Mailbox {
    /// That of the bot with that id on `channel`, whatever its account is called.
    pub(crate) fn of(parts: &Parts, channel: &str, bot: u64) -> Self {
        Self::new(parts, &Self::name_of(channel, bot))
    }

    /// What it is called.
    pub(crate) fn name_of(channel: &str, bot: u64) -> String {
        format!("{channel}:{bot}")
    }

    pub(crate) fn new(parts: &Parts, name: &str) -> Self {
        Self {
            table: parts.inbox.clone(),
            name: name.to_owned(),
            clock: parts.clock.clone(),
            is_secret: parts.is_secret,
            due: Mutex::default(),
            unwritten: Mutex::default(),
            failing: AtomicBool::new(false),
        }
    }

    /// Whether it must not be written down: for what was typed, or for what it holds besides, such as a link.
    fn is_withheld(&self, received: &Received) -> bool {
        let holds = |text: &str| secret_in(text, self.is_secret).is_some();
        received.text.as_deref().is_some_and(holds) || holds(&received.update)
    }

    async fn keep_all(&self, updates: Vec<Received>) -> Vec<Kept> {
        let numbers: Vec<u64> = updates.iter().map(|update| update.id).collect();
        let (withheld, plain): (Vec<_>, Vec<_>) = updates.into_iter().partition(|update| self.is_withheld(update));
        let withheld: Vec<u64> = withheld.into_iter().map(|update| update.id).collect();
        let told = self.told(&plain, &withheld).await;
        let kept = |number: &u64| {
            if self.unwritten().contains(number) {
                return Kept::Already;
            }
            told.iter().find(|(told, _)| told == number).map_or(Kept::Refused, |(_, kept)| *kept)
        };
        numbers.iter().map(kept).collect()
    }

    /// What the table says of each that it can say something of.
    async fn told(&self, plain: &[Received], withheld: &[u64]) -> Vec<(u64, Kept)> {
        let now = self.clock.now();
        let mut told = Vec::with_capacity(plain.len() + withheld.len());
        if !withheld.is_empty() {
            match self.table.known(&self.name, withheld.to_vec(), now).await {
                Ok(known) => {
                    let known = withheld.iter().zip(known).filter(|(_, is_known)| *is_known);
                    told.extend(known.map(|(number, _)| (*number, Kept::Already)));
                }
                Err(fault) => self.failed(&fault),
            }
        }
        if !plain.is_empty() {
            let delivery = |received: &Received| store::Delivery { number: received.id, body: received.update.clone() };
            let deliveries = plain.iter().map(delivery).collect();
            match self.table.receive(&self.name, deliveries, now).await {
                Ok(are_new) => {
                    self.worked();
                    let word = |is_new| if is_new { Kept::New } else { Kept::Already };
                    told.extend(plain.iter().zip(are_new).map(|(received, is_new)| (received.id, word(is_new))));
                }
                Err(fault) => self.failed(&fault),
            }
        }
        told
    }

    /// Writes which were dealt with, those too for which that did not work before.
    async fn write_due(&self) {
        let due = std::mem::take(&mut *self.due.lock().unwrap_or_else(PoisonError::into_inner));
        if due.is_empty() {
            return;
        }
        let before = self.unwritten().iter().copied().collect::<Vec<_>>();
        let all = [&before[..], &due[..]].concat();
        match self.table.dealt_with(&self.name, all, self.clock.now()).await {
            Ok(()) => self.unwritten().retain(|number| !before.contains(number)),
            Err(fault) => {
                self.failed(&fault);
                let mut unwritten = self.unwritten();
                unwritten.extend(due);
                let over = unwritten.len().saturating_sub(REMEMBERED);
                unwritten.drain(..over);
            }
        }
    }

    fn unwritten(&self) -> MutexGuard<'_, VecDeque<u64>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, fault: &StoreFault) {
        if !self.failing.swap(true, Ordering::Relaxed) {
            tracing::error!(
                mailbox = self.name, %fault,
                "updates cannot be kept: each is dealt with before the next is taken, and one may be answered twice after a \
                 restart"
            );
        }
    }

    fn worked(&self) {
        if self.failing.swap(false, Ordering::Relaxed) {
            tracing::info!(mailbox = self.name, "updates are kept again");
        }
    }
}

impl Inbox for Mailbox {
    fn resume(&self) -> BoxFuture<'_, Result<Resumed, InboxFault>> {
        Box::pin(async {
            let found = self.table.waiting(&self.name).await;
            let store::Waiting { deliveries, last } = found.map_err(|fault| InboxFault(fault.to_string()))?;
            let now = self.clock.now();
            let last = last.filter(|(_, at)| now.duration_since(*at) < SILENCE).map(|(number, _)| number);
            let pending = deliveries.into_iter().map(|delivery| (delivery.number, delivery.body)).collect();
            Ok(Resumed { last, pending })
        })
    }

    fn keep(&self, updates: Vec<Received>) -> BoxFuture<'_, Result<Vec<Kept>, InboxFault>> {
        Box::pin(async { Ok(self.keep_all(updates).await) })
    }

    fn done(&self, id: u64) -> BoxFuture<'_, ()> {
        // Noted before anything is waited for: whoever is broken off while it is written is made up for by the next.
        self.due.lock().unwrap_or_else(PoisonError::into_inner).push(id);
        Box::pin(self.write_due())
    }

    fn recall<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async move {
            self.table.note(&self.name, name).await.unwrap_or_else(|fault| {
                tracing::debug!(mailbox = self.name, name, %fault, "a note cannot be read");
                None
            })
        })
    }

    fn remember<'a>(&'a self, name: &'a str, value: String) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if let Err(fault) = self.table.put_note(&self.name, name, value).await {
                tracing::debug!(mailbox = self.name, name, %fault, "a note cannot be written");
            }
        })
    }
}

#[cfg(test)]
mod tests;
