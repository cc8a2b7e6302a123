//! The sign that the bot is writing.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use teloxide::payloads::{SendChatAction, SendChatActionSetters as _};
use teloxide::types::{ChatAction, ChatId};
use tokio::sync::Notify;

use crate::api::{self, Fault};
use crate::outbox::Talk;

/// Telegram shows the sign for five seconds.
const AGAIN: Duration = Duration::from_millis(4_500);

/// How long one call may take; a sign that comes late is none.
const PATIENCE: Duration = Duration::from_secs(4);

/// Whether an answer is being prepared.
#[derive(Default)]
pub(crate) struct Typing {
    wanted: AtomicBool,
    begun: Notify,
}

impl Typing {
    pub(crate) fn begin(&self) {
        if !self.wanted.swap(true, Ordering::Relaxed) {
            self.begun.notify_one();
        }
    }

    pub(crate) fn end(&self) {
        self.wanted.store(false, Ordering::Relaxed);
    }
}

impl Talk {
    /// Shows the sign as long as it is wanted.
    pub(super) async fn keep_typing(&self) -> Infallible {
        loop {
            self.typing.begun.notified().await;
            while self.typing.wanted.load(Ordering::Relaxed) {
                self.show_typing().await;
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    async fn show_typing(&self) {
        let chat = self.chat();
        if !self.line.pace.has_room(chat) {
            return;
        }
        let mut action = SendChatAction::new(ChatId(chat), ChatAction::Typing);
        if let Some(thread) = self.way.thread {
            action = action.message_thread_id(thread);
        }
        match api::typing(&*self.line.api, &action, PATIENCE).await {
            Ok(()) => {}
            Err(Fault::Busy(wait)) => self.line.told_to_wait(chat, wait),
            Err(fault @ (Fault::Passing(_) | Fault::Moved(_) | Fault::Refused { .. })) => {
                tracing::debug!(account = self.line.account, chat, why = %fault, "the sign of writing was not shown");
            }
        }
    }
}
