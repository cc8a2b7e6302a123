//! What came back.

use std::sync::Mutex;

use modelpin_chat::{BoxFuture, Outbox, OutboxError, Reply, Withdrawal};
use tokio::sync::Notify;

/// An outbox that remembers.
#[derive(Default)]
pub(crate) struct Heard {
    replies: Mutex<Vec<Reply>>,
    drafts: Mutex<Vec<String>>,
    deletes: Deletes,
    /// How many replies had come when the message was to be deleted, each time that it was.
    withdrawn: Mutex<Vec<usize>>,
    stop: Notify,
}

/// How a platform deletes messages.
#[derive(Debug, Clone, Default)]
pub(crate) enum Deletes {
    /// At once.
    #[default]
    Gladly,
    /// Not at all, or not there: what an outbox says of it.
    Not(Result<Withdrawal, OutboxError>),
    /// It gives no answer.
    Never,
}

impl Heard {
    /// On a platform that deletes messages so.
    pub(crate) fn that(deletes: Deletes) -> Self {
        Self { deletes, ..Self::default() }
    }

    /// Before which of the replies the message was to be deleted, counted from 0.
    pub(crate) fn withdrawn(&self) -> Vec<usize> {
        self.withdrawn.lock().unwrap().clone()
    }

    /// The replies, oldest first.
    pub(crate) fn replies(&self) -> Vec<Reply> {
        self.replies.lock().unwrap().clone()
    }

    /// The texts that were shown while an answer was being written.
    pub(crate) fn drafts(&self) -> Vec<String> {
        self.drafts.lock().unwrap().clone()
    }

    /// The person wants no more of it.
    pub(crate) fn stop(&self) {
        self.stop.notify_one();
    }
}

impl Outbox for Heard {
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        self.replies.lock().unwrap().push(reply);
        Box::pin(async { Ok(()) })
    }

    fn draft<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), OutboxError>> {
        self.drafts.lock().unwrap().push(text.to_owned());
        Box::pin(async { Ok(()) })
    }

    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        self.withdrawn.lock().unwrap().push(self.replies().len());
        match self.deletes.clone() {
            Deletes::Gladly => Box::pin(async { Ok(Withdrawal::Gone) }),
            Deletes::Not(outcome) => Box::pin(async { outcome }),
            Deletes::Never => Box::pin(std::future::pending()),
        }
    }

    fn stopped(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.stop.notified())
    }
}
