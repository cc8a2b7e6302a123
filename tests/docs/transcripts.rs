//! The conversations of `fixtures/transcripts` are held again, with providers inside the process and a clock by hand.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use modelpin::app::{App, AppOptions};
use modelpin::clock::Clock;
use modelpin::config::Environment;
use modelpin::demo::{DemoHandler, DemoState, LoopbackProvider};
use modelpin_chat::{
    BoxFuture, Choice, Conversation, Event, Handler, Inbound, Outbox, OutboxError, Reply, Sender, Thread, Withdrawal,
};

use crate::docs::markdown::root;
use crate::docs::script::{Part, compare, parts, written};

/// A clock that is moved by hand.
pub(crate) struct HandClock(Mutex<Timestamp>);

impl HandClock {
    pub(crate) fn at(time: &str) -> Self {
        Self(Mutex::new(time.parse().unwrap()))
    }

    fn wait(&self, time: SignedDuration) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Keeps what was sent.
#[derive(Default)]
pub(crate) struct Kept(pub(crate) Mutex<Vec<Reply>>);

impl Outbox for Kept {
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        self.0.lock().unwrap().push(reply);
        Box::pin(async { Ok(()) })
    }

    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        Box::pin(async { Ok(Withdrawal::Gone) })
    }
}

/// The options of an engine over the throw-away state of the demonstration, with nothing of this machine.
pub(crate) fn options(state: &DemoState, clock: Arc<dyn Clock>) -> AppOptions {
    AppOptions {
        state_dir: Some(state.path().to_owned()),
        layout: Some("modelpin".to_owned()),
        environment: Environment::default(),
        clock,
        ..AppOptions::of_this_process("modelpin")
    }
}

/// One conversation that is being held.
struct Stage {
    handler: DemoHandler,
    clock: Arc<HandClock>,
    conversation: Conversation,
    sender: Sender,
    menu: Vec<Choice>,
    state: DemoState,
    /// Where the provider is, and what is written in its place.
    address: String,
    _app: App,
}

impl Stage {
    async fn open() -> Self {
        let clock = Arc::new(HandClock::at("2026-03-02T09:00:00Z"));
        let provider = LoopbackProvider::builder().demo_profiles().clock(clock.clone()).start().await.unwrap();
        let state = DemoState::create(&provider).unwrap();
        let address = provider.base_url("").trim_start_matches("http://").split('/').next().unwrap().to_owned();
        let app = App::open(options(&state, clock.clone())).unwrap();
        assert!(app.warnings().is_empty(), "{:?}", app.warnings());
        let handler = DemoHandler::new(app.engine(), Arc::new(provider), app.agent().clone());
        let (conversation, sender) = place("channel=terminal chat=owner sender=owner");
        Self { handler, clock, conversation, sender, menu: Vec::new(), state, address, _app: app }
    }

    /// Does what `part` says, and returns what came back.
    async fn act(&mut self, part: &Part) -> String {
        match part {
            Part::Comment(_) => String::new(),
            Part::Where(words) => {
                (self.conversation, self.sender) = place(words);
                String::new()
            }
            Part::Later(words) => {
                let length = words.strip_suffix(" later").expect("`~~ 5m later`");
                self.clock.wait(length.parse().unwrap());
                String::new()
            }
            Part::Typed(text) => self.say(text).await,
        }
    }

    async fn say(&mut self, text: &str) -> String {
        let event = match text.strip_prefix('#').map(str::parse::<usize>) {
            Some(Ok(number)) => Event::Press(self.menu[number - 1].token.clone()),
            Some(Err(_)) | None => Event::Message(text.to_owned()),
        };
        let inbound = Inbound {
            conversation: self.conversation.clone(),
            sender: self.sender.clone(),
            bot: "modelpin".to_owned(),
            addressed: true,
            room: None,
            id: None,
            event,
        };
        let kept = Kept::default();
        self.handler.handle(inbound, &kept).await;
        let replies = kept.0.into_inner().unwrap();
        let shown: Vec<String> = replies.iter().map(|reply| self.show(reply)).collect();
        let state_dir = self.state.path().to_str().unwrap();
        shown.join("\n\n").replace(state_dir, "<state dir>").replace(&self.address, "127.0.0.1:<port>")
    }

    /// A reply with its buttons, numbered as the terminal does.
    fn show(&mut self, reply: &Reply) -> String {
        let mut text = reply.plain_text();
        if reply.choices.is_empty() {
            return text;
        }
        self.menu.clear();
        for row in &reply.choices {
            text.push_str("\n ");
            for choice in row {
                self.menu.push(choice.clone());
                write!(text, " #{} {} ", self.menu.len(), choice.label).unwrap();
            }
        }
        text
    }
}

/// Where something is typed, and by whom, in the words of the terminal's JSON lines.
fn place(words: &str) -> (Conversation, Sender) {
    let field = |name: &str| {
        let pairs = words.split_whitespace().map(|pair| pair.split_once('=').expect("field=value"));
        pairs.clone().find(|(field, _)| *field == name).map(|(_, value)| value.to_owned())
    };
    let sender = field("sender").expect("a sender");
    let conversation = Conversation {
        channel: field("channel").expect("a channel"),
        account: "default".to_owned(),
        kind: field("kind").as_deref().unwrap_or("dm").parse().unwrap(),
        peer: field("chat").unwrap_or_else(|| sender.clone()),
        thread: field("thread").map(Thread::Topic),
    };
    (conversation, Sender { id: sender, name: field("name"), roles: Vec::new() })
}

fn hold(path: &PathBuf) {
    let text = fs::read_to_string(path).unwrap();
    let parts = parts(&text);
    assert!(parts.iter().any(|part| matches!(part, Part::Typed(_))), "{}: nothing is typed", path.display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut stage = runtime.block_on(Stage::open());
    let now = written(&parts, |part| runtime.block_on(stage.act(part)));
    compare(&path.display().to_string(), &text, &now, |now| fs::write(path, now).unwrap());
}

#[test]
fn the_conversations_go_as_they_are_written() {
    let folder = fs::read_dir(root().join("fixtures/transcripts")).unwrap();
    let paths = folder.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "txt")).collect();
    paths.sort();
    assert!(paths.len() >= 7, "only {} conversations were found", paths.len());
    let wrong: Vec<String> = paths
        .iter()
        .filter_map(|path| std::panic::catch_unwind(|| hold(path)).err())
        .map(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "it stopped".to_owned()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
