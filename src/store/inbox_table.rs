//! The port to what channels have delivered and nobody has dealt with yet.

use jiff::{SignedDuration, Timestamp};
use modelpin_chat::BoxFuture;

use crate::store::StoreFault;

/// How long a delivery is remembered after it was dealt with, and how many of them are for each mailbox. A platform
/// delivers again only what was not taken from it, and Telegram keeps nothing for longer than a day.
pub(crate) const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);
pub(crate) const DEALT_WITH: usize = 1_024;

/// What channels have delivered. A mailbox is one bot, whatever its account is called.
pub trait InboxTable: Send + Sync {
    /// What waits in `mailbox`, and what came last.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn waiting<'a>(&'a self, mailbox: &'a str) -> BoxFuture<'a, Result<Waiting, StoreFault>>;

    /// Keeps deliveries, all or none; says of each whether it is new, in their order. One that waits already, or that was
    /// dealt with lately, stays as it is. Returns when they are durable.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when nothing was kept.
    fn receive<'a>(
        &'a self,
        mailbox: &'a str,
        deliveries: Vec<Delivery>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<bool>, StoreFault>>;

    /// Whether each of them waits, or was dealt with lately.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn known<'a>(
        &'a self,
        mailbox: &'a str,
        numbers: Vec<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<bool>, StoreFault>>;

    /// Lets go of deliveries, of which only the numbers stay for a while. Those that were never kept are remembered as
    /// well.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it could not be written.
    fn dealt_with<'a>(
        &'a self,
        mailbox: &'a str,
        numbers: Vec<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), StoreFault>>;

    /// What was last noted under `name`.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn note<'a>(&'a self, mailbox: &'a str, name: &'a str) -> BoxFuture<'a, Result<Option<String>, StoreFault>>;

    /// Notes `value` under `name`.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it could not be written.
    fn put_note<'a>(&'a self, mailbox: &'a str, name: &'a str, value: String) -> BoxFuture<'a, Result<(), StoreFault>>;
}

/// What a platform delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The platform's number of it. They usually grow; Telegram begins anew at a number of its own after a silence.
    pub number: u64,
    /// All of it, as text.
    pub body: String,
}

/// What is in a mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// What was not dealt with, in the order it came.
    pub deliveries: Vec<Delivery>,
    /// The number that came last, and when it came or was dealt with; `None` where nothing ever did.
    pub last: Option<(u64, Timestamp)>,
}
