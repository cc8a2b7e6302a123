//! A platform that is too slow: the program ends before a reply has reached it.

use modelpin_chat::{BoxFuture, Outbox, OutboxError, Reply, Withdrawal};
use tokio::sync::Notify;

/// An outbox that takes a reply and never says that it was delivered.
#[derive(Default)]
pub(crate) struct Replying(Notify);

impl Replying {
    /// Returns when the first reply is on its way.
    pub(crate) async fn begun(&self) {
        self.0.notified().await;
    }
}

impl Outbox for Replying {
    fn send(&self, _reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        self.0.notify_one();
        Box::pin(std::future::pending())
    }

    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        Box::pin(async { Ok(Withdrawal::Impossible) })
    }
}
