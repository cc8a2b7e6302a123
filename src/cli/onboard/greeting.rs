//! A first message to the model, through the engine, as any other.

use std::sync::{Mutex, PoisonError};

use modelpin_chat::{
    BoxFuture, Conversation, Event, Handler as _, Inbound, Kind, Outbox, OutboxError, Reply, Sender, Withdrawal,
};
use modelpin_terminal::{ACCOUNT, CHANNEL, OWNER};
use serde::Serialize;
use serde_json::Value;

use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::open::open_to_serve;

/// What is said.
const GREETING: &str = "Hello! Please answer in one short sentence.";

/// What came back.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    /// Whether the model answered.
    pub(crate) answered: bool,
    /// What it said, or why it did not.
    pub(crate) text: String,
    /// The receipt.
    pub(crate) receipt: Option<Value>,
}

/// The replies of one conversation.
#[derive(Default)]
struct Kept(Mutex<Vec<Reply>>);

impl Outbox for Kept {
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(reply);
        Box::pin(async { Ok(()) })
    }

    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        Box::pin(async { Ok(Withdrawal::Impossible) })
    }
}

/// Says hello to the model that answers in this terminal, over the installation as it is now.
///
/// # Errors
/// The installation cannot be opened.
pub(crate) fn send(case: &mut Case<'_>) -> Result<Answer, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let app = open_to_serve(case.global, case.invoked_as, case.output)?;
    let kept = Kept::default();
    let inbound = Inbound {
        conversation: Conversation {
            channel: CHANNEL.to_owned(),
            account: ACCOUNT.to_owned(),
            kind: Kind::Dm,
            peer: OWNER.to_owned(),
            thread: None,
        },
        sender: Sender { id: OWNER.to_owned(), name: None, roles: Vec::new() },
        bot: "modelpin".to_owned(),
        addressed: true,
        room: None,
        id: None,
        event: Event::Message(GREETING.to_owned()),
    };
    runtime.block_on(app.engine().handle(inbound, &kept));
    runtime.shutdown_background();
    let replies = kept.0.into_inner().unwrap_or_else(PoisonError::into_inner);
    let receipt = replies.iter().find_map(|reply| reply.receipt.as_deref());
    let receipt: Option<Value> = receipt.and_then(|text| serde_json::from_str(text).ok());
    let text: Vec<String> = replies.iter().map(Reply::plain_text).collect();
    Ok(Answer {
        answered: receipt.as_ref().is_some_and(|receipt| receipt["outcome"] == "ok"),
        text: text.join("\n\n"),
        receipt,
    })
}
