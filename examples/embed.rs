//! modelpin inside a bot of your own: `cargo run --example embed -- [state directory]`
//!
//! Three steps: open the state directory once, implement [`Outbox`] for the way back into a chat of yours, and hand
//! each message to the handler. Where the state directory holds no credential, or the person is on no allowlist, what
//! is printed is the refusal that says so.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::path::PathBuf;

use modelpin::app::{App, AppFault, AppOptions};
use modelpin_chat::{
    BoxFuture, Conversation, Event, Handler, Inbound, Kind, Outbox, OutboxError, Reply, Sender, Withdrawal,
};

/// The way back into one chat of your bot; here, the standard output. `draft`, `typing` and `stopped` can be written as well:
/// then answers grow while they are written, and a person can stop them.
struct MyChat;

impl Outbox for MyChat {
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        // Your platform's "send message". `reply.choices` are its buttons, `reply.visibility` says who may see it.
        Box::pin(async move {
            println!("{}\n", reply.plain_text());
            Ok(())
        })
    }

    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        // Your platform's "delete message", for the one that is being answered: somebody pasted a key into it.
        Box::pin(async { Ok(Withdrawal::Impossible) })
    }
}

/// What your bot does with a private message: hand it on. Commands and ordinary messages go the same way.
pub(crate) async fn private_message(handler: &dyn Handler, outbox: &dyn Outbox, person: &str, text: &str) {
    let inbound = Inbound {
        conversation: Conversation {
            channel: "telegram".to_owned(),
            account: "default".to_owned(),
            kind: Kind::Dm,
            peer: person.to_owned(),
            thread: None,
        },
        sender: Sender { id: person.to_owned(), name: None, roles: Vec::new() },
        bot: "mybot".to_owned(),
        addressed: true,
        room: None,
        id: None,
        event: Event::Message(text.to_owned()),
    };
    handler.handle(inbound, outbox).await;
}

/// A bot that hears three messages.
pub(crate) async fn talk(options: AppOptions, outbox: &dyn Outbox) -> Result<(), AppFault> {
    let app = App::open(options)?;
    let engine = app.engine();
    for text in ["/model opus@work", "Who answers, and who pays?", "/model"] {
        private_message(engine.as_ref(), outbox, "42", text).await;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), AppFault> {
    let state_dir = std::env::args_os().nth(1).map(PathBuf::from);
    talk(AppOptions { state_dir, ..AppOptions::of_this_process("modelpin") }, &MyChat).await
}
