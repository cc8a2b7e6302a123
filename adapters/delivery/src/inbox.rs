//! What has come in and is not dealt with yet, kept so that a restart loses nothing.

use modelpin_chat::BoxFuture;

/// Where an account keeps what its platform hands out until it is dealt with, and what else it has to know after a
/// restart. A platform forgets what it has handed out.
///
/// Implemented by whoever runs the adapter; one for each account.
pub trait Inbox: Send + Sync {
    /// What a former run left: where to go on, and what it had begun.
    ///
    /// # Errors
    /// [`InboxFault`] when it cannot be read: nothing is asked of the platform then.
    fn resume(&self) -> BoxFuture<'_, Result<Resumed, InboxFault>>;

    /// Keeps updates, and says of each whether it did. MUST return only after they are durable. One that was kept before
    /// is [`Kept::Already`] and stays as it is.
    ///
    /// # Errors
    /// [`InboxFault`] when nothing was kept: they will come again.
    fn keep(&self, updates: Vec<Received>) -> BoxFuture<'_, Result<Vec<Kept>, InboxFault>>;

    /// Lets a kept update go: it has been dealt with.
    fn done(&self, id: u64) -> BoxFuture<'_, ()>;

    /// Reads what was last written under `name`.
    fn recall<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<String>>;

    /// Writes `value` under `name`.
    fn remember<'a>(&'a self, name: &'a str, value: String) -> BoxFuture<'a, ()>;
}

/// One update as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The platform's number of it, unique for the account. Below 2^63. Later ones have larger numbers, as a rule.
    pub id: u64,
    /// The text that a person wrote in it, if any: what must not be written down is found in there.
    pub text: Option<String>,
    /// The whole of it, as JSON.
    pub update: String,
}

/// What became of an update that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is durable.
    New,
    /// It was there already, or has been dealt with: nothing is to be done for it once more.
    Already,
    /// It holds what must not be written down, so it is nowhere: it has to be dealt with before the platform forgets it.
    Refused,
}

/// What a former run left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resumed {
    /// The highest number that was kept; `None` where there never was one.
    pub last: Option<u64>,
    /// Kept and not dealt with, in the order they came, as JSON.
    pub pending: Vec<(u64, String)>,
}

/// The updates cannot be kept. The text says where and why; it holds no text of a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InboxFault(pub String);
