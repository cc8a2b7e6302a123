//! The way back into the conversation that one message or interaction came from.

mod answer;
mod body;
mod draft;
mod place;
mod speak;
mod typing;
mod withdraw;

use std::convert::Infallible;
use std::sync::Arc;

use futures_util::future::join;
use modelpin_chat::{BoxFuture, Kind, Outbox, OutboxError, Reply, Withdrawal};

use crate::acknowledge::Acknowledgement;
use crate::api::{Code, Fault};
use crate::line::Line;
use crate::outbox::answer::Answer;
use crate::outbox::draft::Draft;
use crate::outbox::typing::Typing;
use crate::way::Way;

/// The outbox for one message or interaction.
///
/// What goes on beside the handling (the sign that the bot is writing, drafts that wait for room) goes on in
/// [`Talk::accompany`], in the same task: when the handling ends, so does it.
pub(crate) struct Talk {
    line: Arc<Line>,
    way: Way,
    /// The kind of chat: in those of many people it has to be seen what a reply is to.
    kind: Kind,
    /// How the interaction stands, if it is one.
    answer: Option<Answer>,
    draft: Draft,
    typing: Typing,
}

impl Talk {
    /// The outbox for what came by `way`. Of an interaction, its acknowledgement is waited for before anything is said;
    /// `None` where a former run did it.
    pub(crate) fn new(line: Arc<Line>, way: Way, kind: Kind, acknowledged: Option<Acknowledgement>) -> Self {
        let answer = way.interaction.clone().map(|interaction| Answer::new(interaction, acknowledged));
        Self { line, way, kind, answer, draft: Draft::default(), typing: Typing::default() }
    }

    /// Does what goes on beside the handling. Never returns; is dropped with the handling.
    pub(crate) async fn accompany(&self) -> Infallible {
        let (never, _) = join(self.keep_drafting(), self.keep_typing()).await;
        never
    }

    /// Does what is left when the handling has ended. [`Talk::accompany`] goes on beside it, for a draft may be on its
    /// way.
    pub(crate) async fn finish(&self) {
        self.typing.end();
        self.finish_draft().await;
        self.end_waiting().await;
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

    /// Discord has no way to say that an answer is no longer wanted.
    fn stopped(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// What the engine is told when Discord did not take something.
fn refused(what: &str, fault: &Fault) -> OutboxError {
    let advice = if fault.is_one_of(&[Code::MissingAccess, Code::MissingPermissions]) {
        ". Give the bot the permissions View Channel, Send Messages, Send Messages in Threads, Embed Links and Read \
         Message History there"
    } else if fault.is(Code::CannotMessage) {
        ". The person has to allow direct messages from members of a server that the bot is in as well"
    } else {
        ""
    };
    OutboxError(format!("Discord did not {what}: {fault}{advice}"))
}

#[cfg(test)]
mod tests;
