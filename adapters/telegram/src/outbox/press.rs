//! A press that waits for its answer.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use teloxide::types::MessageId;
use tokio::sync::OnceCell;

use crate::inbound::Press;
use crate::line::Line;

/// How long the handler has to find a remark; people wait a second at the most for a sign that the press was seen.
const REMARK: Duration = Duration::from_millis(700);

/// A press: answered once, and its message taken for a reply once.
pub(crate) struct Pressed {
    press: Press,
    /// An answer that is dropped before Telegram took it has not been given.
    answered: OnceCell<()>,
    used: AtomicBool,
}

impl Pressed {
    pub(crate) fn new(press: Press) -> Self {
        Self { press, answered: OnceCell::new(), used: AtomicBool::new(false) }
    }

    /// Answers without a word, if nothing has answered yet.
    pub(crate) async fn answer(&self, line: &Line) {
        self.answer_with(line, None).await;
    }

    /// Answers with a remark. `false` when something has answered before, or Telegram does not take it any more.
    pub(crate) async fn remark(&self, line: &Line, remark: String) -> bool {
        self.answer_with(line, Some(remark)).await
    }

    async fn answer_with(&self, line: &Line, remark: Option<String>) -> bool {
        let taken = AtomicBool::new(false);
        let answer = async { taken.store(line.answer_press(&self.press.query, remark).await, Ordering::Relaxed) };
        self.answered.get_or_init(|| answer).await;
        taken.into_inner()
    }

    /// Answers without a word when the handler has found none in time.
    pub(crate) async fn answer_in_time(&self, line: &Line) -> Infallible {
        tokio::time::sleep(REMARK).await;
        self.answer(line).await;
        std::future::pending().await
    }

    /// The message with the button, for the first reply.
    pub(crate) fn take_message(&self) -> Option<MessageId> {
        if self.used.swap(true, Ordering::Relaxed) { None } else { self.press.message }
    }
}
