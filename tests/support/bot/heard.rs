//! What came back.

use std::sync::Mutex;

use modelpin_chat::{BoxFuture, Outbox, OutboxError, Reply};
use tokio::sync::Notify;

/// An outbox that remembers.
#[derive(Default)]
pub(crate) struct Heard {
    replies: Mutex<Vec<Reply>>,
    drafts: Mutex<Vec<String>>,
    stop: Notify,
}

impl Heard {
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

    fn typing(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    fn stopped(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.stop.notified())
    }
}
