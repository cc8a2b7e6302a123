//! The way back into the conversation that one update came from.

mod draft;
mod press;
mod speak;
mod typing;
mod withdraw;

use std::convert::Infallible;
use std::sync::Arc;

use futures_util::future::{join, join3};
use modelpin_chat::{BoxFuture, Kind, Outbox, OutboxError, Reply, Withdrawal};

use crate::inbound::Way;
use crate::line::Line;
use crate::outbox::draft::Draft;
use crate::outbox::press::Pressed;
use crate::outbox::typing::Typing;

/// The outbox for one update.
///
/// What goes on beside the handling (the sign that the bot is writing, drafts that wait for room, a press that must be
/// answered in time) goes on in [`Talk::accompany`], in the same task: when the handling ends, so does it.
pub(crate) struct Talk {
    line: Arc<Line>,
    way: Way,
    /// The kind of chat: in those of many people it has to be seen what a reply is to.
    kind: Kind,
    pressed: Option<Pressed>,
    draft: Draft,
    typing: Typing,
}

impl Talk {
    pub(crate) fn new(line: Arc<Line>, way: Way, kind: Kind) -> Self {
        let pressed = way.press.clone().map(Pressed::new);
        Self { line, way, kind, pressed, draft: Draft::default(), typing: Typing::default() }
    }

    /// Does what goes on beside the handling. Never returns; is dropped with the handling.
    pub(crate) async fn accompany(&self) -> Infallible {
        let answering = async {
            match &self.pressed {
                Some(pressed) => pressed.answer_in_time(&self.line).await,
                None => std::future::pending().await,
            }
        };
        let (never, _, _) = join3(answering, self.keep_drafting(), self.keep_typing()).await;
        never
    }

    /// Does what is left when the handling has ended. [`Talk::accompany`] goes on beside it, for a draft may be on its
    /// way.
    pub(crate) async fn finish(&self) {
        self.typing.end();
        let answering = async {
            if let Some(pressed) = &self.pressed {
                pressed.answer(&self.line).await;
            }
        };
        join(answering, self.finish_draft()).await;
    }

    fn chat(&self) -> i64 {
        self.line.pace.whereabouts(self.way.chat.0)
    }
}

impl Outbox for Talk {
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        Box::pin(self.speak(reply))
    }

    fn draft<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), OutboxError>> {
        Box::pin(std::future::ready(self.draft.show(text)))
    }

    fn typing(&self) -> BoxFuture<'_, ()> {
        self.typing.begin();
        Box::pin(std::future::ready(()))
    }

    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        Box::pin(self.take_back())
    }

    /// Telegram has no way to say that an answer is no longer wanted.
    fn stopped(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// What the engine is told when Telegram did not take something.
fn refused(what: &str, fault: &crate::api::Fault) -> OutboxError {
    OutboxError(format!("Telegram did not {what}: {fault}"))
}

#[cfg(test)]
mod tests;
