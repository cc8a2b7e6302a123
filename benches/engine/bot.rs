//! A bot at work on a state directory, as its chats see it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use modelpin::app::{App, AppOptions};
use modelpin::config::Environment;
use modelpin::store::Store;
use modelpin_chat::{
    BoxFuture, Conversation, Event, Handler, Inbound, Kind, Outbox, OutboxError, Reply, Sender, Withdrawal,
};
use serde_json::json;

use crate::installation::Installation;
use crate::tables::filled;

/// The command that is measured.
pub(crate) const COMMAND: &str = "/model opus@work";

/// The engine on a state directory that holds so many sessions.
pub(crate) struct Bot {
    app: App,
    pub(crate) sessions: usize,
}

impl Bot {
    /// Fills `state_dir` and opens it.
    pub(crate) async fn with(state_dir: &Path, sessions: usize) -> Self {
        filled(state_dir, sessions).await;
        Self::open(&Installation::write(state_dir), sessions)
    }

    /// Opens one whose state is in a database elsewhere, which holds so many sessions.
    #[allow(dead_code, reason = "another benchmark asks for it")]
    pub(crate) fn on(state_dir: &Path, url: &str, sessions: usize) -> Self {
        Self::open(&Installation::write_with(state_dir, &json!({ "url": url })), sessions)
    }

    /// Where it keeps its state.
    #[allow(dead_code, reason = "another benchmark asks for it")]
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        self.app.store()
    }

    fn open(installation: &Installation, sessions: usize) -> Self {
        let mut options = AppOptions::of_this_process("modelpin");
        options.state_dir = Some(installation.state_dir.clone());
        options.environment = Environment::default();
        let app = App::open(options).unwrap();
        assert_eq!(app.warnings().first(), None);
        Self { app, sessions }
    }

    /// Says [`COMMAND`] in the chat of that session. Returns whether it was confirmed.
    #[allow(dead_code, reason = "another benchmark asks for it")]
    pub(crate) async fn try_pin(&self, session: usize) -> bool {
        let (inbound, outbox) = (inbound(session), Confirmations::default());
        self.app.engine().handle(inbound, &outbox).await;
        let said = outbox.replies.into_inner().unwrap();
        let is_confirmed = said.iter().any(|reply| reply.plain_text().starts_with("Model set to opus"));
        assert!(is_confirmed || said.iter().any(|reply| reply.plain_text().contains("cannot be reached")), "{said:?}");
        is_confirmed
    }

    /// Says [`COMMAND`] in the chat of that session. Returns how long it took until it was confirmed.
    pub(crate) async fn pin(&self, session: usize) -> Duration {
        let (inbound, outbox) = (inbound(session), Confirmations::default());
        let start = Instant::now();
        self.app.engine().handle(inbound, &outbox).await;
        let took = start.elapsed();
        let said = outbox.replies.into_inner().unwrap();
        let [reply] = &said[..] else { panic!("one reply, not {said:?}") };
        let text = reply.plain_text();
        assert!(text.starts_with("Model set to opus") && text.contains("anthropic:work, pinned"), "{text}");
        took
    }
}

/// [`COMMAND`] as it comes in from the chat whose session [`crate::tables::key`] names.
fn inbound(session: usize) -> Inbound {
    let peer = format!("{session:09}");
    Inbound {
        sender: Sender { id: peer.clone(), name: Some("Ann".to_owned()), roles: Vec::new() },
        conversation: Conversation {
            channel: "telegram".to_owned(),
            account: "default".to_owned(),
            kind: Kind::Dm,
            peer,
            thread: None,
        },
        bot: "modelpin".to_owned(),
        addressed: true,
        room: None,
        id: None,
        event: Event::Message(COMMAND.to_owned()),
    }
}

/// A chat that keeps what it is told.
#[derive(Default)]
struct Confirmations {
    replies: Mutex<Vec<Reply>>,
}

impl Outbox for Confirmations {
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        self.replies.lock().unwrap().push(reply);
        Box::pin(async { Ok(()) })
    }

    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        Box::pin(async { Ok(Withdrawal::Impossible) })
    }
}
