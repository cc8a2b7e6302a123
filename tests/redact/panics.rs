//! A fault of the program itself: told without a secret, and the end of one answer only.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use modelpin::app::{App, AppOptions};
use modelpin::clock::SystemClock;
use modelpin_chat::{
    BoxFuture, Conversation, Event, Handler, Inbound, Kind, Outbox, OutboxError, Reply, Sender, Withdrawal,
};

use crate::support::bot::invented;
use crate::support::leaks::Leaks;
use crate::support::rerun;

/// A way back that breaks when an answer is begun, with the words of whatever was at hand.
struct Broken {
    words: String,
    breaks: AtomicBool,
    replies: std::sync::Mutex<Vec<String>>,
}

impl Broken {
    fn saying(words: &str) -> Self {
        Self { words: words.to_owned(), breaks: AtomicBool::new(true), replies: std::sync::Mutex::default() }
    }
}

impl Outbox for Broken {
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        self.replies.lock().unwrap().push(reply.plain_text());
        Box::pin(async { Ok(()) })
    }

    fn typing(&self) -> BoxFuture<'_, ()> {
        assert!(!self.breaks.load(Ordering::SeqCst), "{}", self.words);
        Box::pin(async {})
    }

    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        Box::pin(async { Ok(Withdrawal::Impossible) })
    }
}

fn hello() -> Inbound {
    Inbound {
        conversation: Conversation {
            channel: "terminal".to_owned(),
            account: "default".to_owned(),
            kind: Kind::Dm,
            peer: "owner".to_owned(),
            thread: None,
        },
        sender: Sender { id: "owner".to_owned(), name: None, roles: Vec::new() },
        bot: "pinbot".to_owned(),
        addressed: true,
        room: None,
        id: None,
        event: Event::Message("hello".to_owned()),
    }
}

#[test]
fn a_panic_tells_no_secret_and_ends_one_answer_only() {
    let secret = invented("panic", 0);
    if let Some(place) = rerun::child_of_test() {
        // What the program does first.
        let _ = modelpin::cli::run(["modelpin", "--version"].map(Into::into));
        let app = App::open(AppOptions {
            state_dir: Some(place),
            layout: None,
            invoked_as: "modelpin".to_owned(),
            agent: None,
            environment: [("OPENAI_API_KEY".to_owned(), secret.clone())].into_iter().collect(),
            clock: Arc::new(SystemClock),
            seal: modelpin::profile::SealPorts::default(),
        });
        let engine = app.unwrap().engine();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outbox = Broken::saying(&format!("no value for {secret}"));
        runtime.block_on(engine.handle(hello(), &outbox));
        // The session is free again, and the engine at work.
        outbox.breaks.store(false, Ordering::SeqCst);
        runtime.block_on(engine.handle(hello(), &outbox));
        for reply in &*outbox.replies.lock().unwrap() {
            rerun::say(reply);
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "redact::panics::a_panic_tells_no_secret_and_ends_one_answer_only";
    let child = rerun::again(name, folder.path()).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    Leaks::of([&secret]).assert_none_in("what a panic says", format!("{out}{err}"));
    for words in ["modelpin: a fault of the program itself", "panics.rs:", "no value for [redacted]", "Please report"] {
        assert!(err.contains(words), "{words}: {err}");
    }
    let replies: Vec<&str> = out.lines().filter_map(|line| line.split_once("child> ")).map(|(_, said)| said).collect();
    assert!(replies[0].starts_with("Something went wrong inside modelpin"), "{replies:?}");
    assert!(replies.len() > 1 && !replies[replies.len() - 1].contains("went wrong"), "{replies:?}");
}
