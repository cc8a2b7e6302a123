//! The sign that the bot is writing.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::api;
use crate::outbox::Talk;

/// Discord shows the sign for ten seconds.
const AGAIN: Duration = Duration::from_secs(8);

/// How long one call may take; a sign that comes late is none.
const PATIENCE: Duration = Duration::from_secs(4);

/// Whether an answer is being prepared.
#[derive(Default)]
pub(super) struct Typing {
    wanted: AtomicBool,
    begun: Notify,
}

impl Typing {
    pub(super) fn begin(&self) {
        if !self.wanted.swap(true, Ordering::Relaxed) {
            self.begun.notify_one();
        }
    }

    pub(super) fn end(&self) {
        self.wanted.store(false, Ordering::Relaxed);
    }
}

impl Talk {
    /// Shows the sign as long as it is wanted and nothing of the answer is shown. An interaction has a sign of its own,
    /// which whoever may not see the answer does not see either.
    pub(super) async fn keep_typing(&self) -> Infallible {
        loop {
            self.typing.begun.notified().await;
            while self.typing.wanted.load(Ordering::Relaxed) && self.answer.is_none() && !self.draft.is_shown() {
                if let Err(fault) = api::typing(&*self.line.api, self.way.channel, PATIENCE).await {
                    tracing::debug!(account = self.line.account, why = %fault, "the sign of writing was not shown");
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}
