//! A bot at work, and the people who write to it.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use modelpin::app::{App, AppOptions};
use modelpin::config::Environment;
use modelpin::demo::{Faults, LoopbackProvider, Script};
use modelpin::profile::SealPorts;
use modelpin_chat::{Choice, Conversation, Event, Handler, Inbound, Kind, Reply, Room, Sender, Thread};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::support::bot::clock::TestClock;
use crate::support::bot::heard::{Deletes, Heard};
use crate::support::bot::log::Log;
use crate::support::bot::replying::Replying;
use crate::support::leaks::Leaks;

/// A bot at work. What is said, is said in one conversation by one person, until another is named.
pub(crate) struct Chat {
    apps: Vec<App>,
    /// Which of them is spoken to.
    app: usize,
    pub(super) provider: Option<LoopbackProvider>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) planted: Vec<String>,
    pub(super) variables: Vec<(String, String)>,
    pub(crate) directory: TempDir,
    pub(super) writes: Cell<u64>,
    pub(super) place: Conversation,
    pub(super) sender: Sender,
    /// What that is a room of.
    pub(super) room: Option<Room>,
    /// Whether what is said is meant for the bot.
    addressed: bool,
    /// The id of the next event, where the platform gives one.
    event: Option<String>,
    /// How messages are deleted there.
    deletes: Deletes,
    /// What came of what was said last.
    pub(crate) heard: Arc<Heard>,
    /// How many requests the provider had seen before that.
    pub(super) seen_before: usize,
    /// The last buttons of each conversation.
    menus: HashMap<Conversation, Vec<Choice>>,
    pending: Vec<(JoinHandle<()>, Arc<Heard>, usize)>,
    said: String,
    log: Log,
    runtime: Runtime,
}

impl Chat {
    /// Without files, provider and engine.
    pub(super) fn empty() -> Self {
        let log = Log::new();
        let thread = log.clone();
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().on_thread_start(move || thread.adopt_thread()).build().unwrap();
        Self {
            apps: Vec::new(),
            app: 0,
            provider: None,
            clock: Arc::new(TestClock::new()),
            planted: Vec::new(),
            variables: Vec::new(),
            directory: tempfile::tempdir().unwrap(),
            writes: Cell::new(0),
            place: conversation("telegram", Kind::Dm, "42", None),
            sender: Sender { id: "42".to_owned(), name: Some("Ann".to_owned()), roles: Vec::new() },
            room: None,
            addressed: true,
            event: None,
            deletes: Deletes::default(),
            heard: Arc::default(),
            seen_before: 0,
            menus: HashMap::new(),
            pending: Vec::new(),
            said: String::new(),
            log,
            runtime,
        }
    }

    /// Waits for `work`, which logs into the chat's own log.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.log.during(|| self.runtime.block_on(work))
    }

    /// One more engine on the state directory, as in another process, and the one that is spoken to from now on.
    pub(super) fn open(&mut self) {
        let home = ("HOME".to_owned(), self.directory.path().join("home").display().to_string());
        let environment: Environment = self.variables.iter().cloned().chain([home]).collect();
        let options = AppOptions {
            state_dir: Some(self.directory.path().to_owned()),
            layout: None,
            invoked_as: "modelpin".to_owned(),
            agent: None,
            environment,
            clock: self.clock.clone(),
            seal: SealPorts::default(),
        };
        let app = self.log.during(|| App::open(options)).unwrap();
        self.apps.push(app);
        self.app = self.apps.len() - 1;
    }

    /// The engine that is spoken to.
    pub(crate) fn app(&self) -> &App {
        &self.apps[self.app]
    }

    /// The provider.
    pub(crate) fn provider(&self) -> &LoopbackProvider {
        self.provider.as_ref().expect("started")
    }

    /// Ends all engines; [`Chat::restart`] starts one again.
    pub(crate) fn closed(mut self) -> Self {
        self.apps.clear();
        self
    }

    /// Ends all engines and starts one on what they left.
    pub(crate) fn restart(mut self) -> Self {
        self.apps.clear();
        self.open();
        self
    }

    /// Starts a second engine on the same state, and speaks to it.
    pub(crate) fn beside(mut self) -> Self {
        self.open();
        self
    }

    /// Speaks to the engine that was started as number `index`, from 0.
    pub(crate) fn engine(mut self, index: usize) -> Self {
        self.app = index;
        self
    }

    /// So many seconds go by.
    pub(crate) fn later(self, seconds: u64) -> Self {
        self.clock.advance(Duration::from_secs(seconds));
        self
    }

    /// The clock is set back by so many seconds.
    pub(crate) fn set_back(self, seconds: u64) -> Self {
        self.clock.set_back(Duration::from_secs(seconds));
        self
    }

    /// `anthropic:work=429:30`, `anthropic:work/claude-opus-4-6=529`, `*=ok`.
    pub(crate) fn fails(self, faults: &str) -> Self {
        self.provider().change_faults(Faults::parse(faults).unwrap());
        self
    }

    /// The provider answers so from now on.
    pub(crate) fn scripted(self, profile: Option<&str>, model: Option<&str>, script: Script) -> Self {
        self.provider().script(profile, model, script);
        self
    }

    /// In the private chat of `person`, who also writes there.
    pub(crate) fn dm(self, channel: &str, person: &str) -> Self {
        self.at(conversation(channel, Kind::Dm, person, None)).by(person)
    }

    /// In a group.
    pub(crate) fn group(self, channel: &str, peer: &str) -> Self {
        self.at(conversation(channel, Kind::Group, peer, None))
    }

    /// In a topic of a group.
    pub(crate) fn topic(self, channel: &str, peer: &str, topic: &str) -> Self {
        self.at(conversation(channel, Kind::Group, peer, Some(Thread::Topic(topic.to_owned()))))
    }

    /// There.
    pub(crate) fn at(mut self, place: Conversation) -> Self {
        self.place = place;
        self
    }

    /// On a platform that deletes messages so.
    pub(crate) fn that_deletes(mut self, deletes: Deletes) -> Self {
        self.deletes = deletes;
        self
    }

    /// Somebody else writes.
    pub(crate) fn by(mut self, person: &str) -> Self {
        let name = (person == "42").then(|| "Ann".to_owned());
        self.sender = Sender { id: person.to_owned(), name, roles: Vec::new() };
        self
    }

    /// What is said from now on is plainly meant for the bot, or is not.
    pub(crate) fn addressed(mut self, addressed: bool) -> Self {
        self.addressed = addressed;
        self
    }

    /// What is done next, and all that follows, is the event of that id.
    pub(crate) fn event(mut self, id: &str) -> Self {
        self.event = Some(id.to_owned());
        self
    }

    /// Passes on what somebody wrote elsewhere.
    pub(crate) fn forward(self, text: &str) -> Self {
        self.does(Event::Forwarded(text.to_owned()))
    }

    /// Writes a message, and waits for what comes of it.
    pub(crate) fn say(self, text: &str) -> Self {
        self.does(Event::Message(text.to_owned()))
    }

    /// Presses the button of the last menu of this conversation on which `label` is printed.
    pub(crate) fn press(self, label: &str) -> Self {
        let token = self.token(label);
        self.press_token(&token)
    }

    /// Presses a button by what is behind it.
    pub(crate) fn press_token(self, token: &str) -> Self {
        self.does(Event::Press(token.to_owned()))
    }

    /// What is behind the button on which `label` is printed, the mark of the present choice aside.
    pub(crate) fn token(&self, label: &str) -> String {
        let menu = self.menus.get(&self.place).expect("a menu was shown here");
        let exact = menu.iter().find(|choice| choice.label.trim_end_matches(" ✓") == label);
        let choice = exact.or_else(|| menu.iter().find(|choice| choice.label.contains(label)));
        choice.unwrap_or_else(|| panic!("no button {label}: {menu:?}")).token.clone()
    }

    /// Writes a message, and goes on at once.
    pub(crate) fn begin_unsent(mut self, text: &str) -> Self {
        let heard = Arc::<Heard>::default();
        let before = self.provider().count();
        let (engine, inbound) = (self.app().engine(), self.inbound(Event::Message(text.to_owned())));
        let outbox = heard.clone();
        let turn = self.runtime.spawn(async move { engine.handle(inbound, &*outbox).await });
        self.pending.push((turn, heard, before));
        self
    }

    /// Writes a message, and goes on when the provider has got a request for it.
    pub(crate) fn begin(self, text: &str) -> Self {
        let before = self.provider().count();
        let chat = self.begin_unsent(text);
        let patience = Instant::now() + Duration::from_secs(20);
        while chat.provider().count() == before {
            assert!(Instant::now() < patience, "nothing was sent for {text:?}");
            chat.breathe();
        }
        chat
    }

    /// Lets the answers that were begun go on for a moment.
    fn breathe(&self) {
        self.run(async { tokio::time::sleep(Duration::from_millis(1)).await });
    }

    /// Waits until something of the answer that was begun first is shown.
    pub(crate) fn until_shown(self) -> Self {
        let patience = Instant::now() + Duration::from_secs(20);
        while self.pending[0].1.drafts().is_empty() {
            assert!(Instant::now() < patience, "nothing is shown");
            self.breathe();
        }
        self
    }

    /// How many requests have failed so far, as it was logged.
    pub(crate) fn failures(&self) -> usize {
        String::from_utf8_lossy(&self.log.bytes()).matches("a request failed").count()
    }

    /// Waits until so many requests have failed.
    pub(crate) fn until_failed(self, failures: usize) -> Self {
        let patience = Instant::now() + Duration::from_secs(20);
        while self.failures() < failures {
            assert!(Instant::now() < patience, "only {} requests have failed", self.failures());
            self.breathe();
        }
        self
    }

    /// Waits for the answer that was begun first.
    pub(crate) fn finish(mut self) -> Self {
        let (turn, heard, before) = self.pending.remove(0);
        self.run(turn).unwrap();
        self.seen_before = before;
        self.hear(heard);
        self
    }

    /// Wants no more of the answer that was begun first, and waits for what comes of that.
    pub(crate) fn stop(self) -> Self {
        self.pending[0].1.stop();
        self.finish()
    }

    /// What it would be that happens if this person did `event` here.
    pub(crate) fn inbound(&self, event: Event) -> Inbound {
        Inbound {
            conversation: self.place.clone(),
            sender: self.sender.clone(),
            bot: "pinbot".to_owned(),
            addressed: self.addressed,
            room: self.room.clone(),
            id: self.event.clone(),
            event,
        }
    }

    /// Does something, and the program ends when it begins to reply to that. Another one is started on what it left.
    pub(crate) fn dies_at(self, event: Event) -> Self {
        let (engine, inbound) = (self.app().engine(), self.inbound(event));
        let replying = Arc::new(Replying::default());
        let outbox = replying.clone();
        let handled = self.runtime.spawn(async move { engine.handle(inbound, &*outbox).await });
        self.run(async {
            tokio::select! {
                () = replying.begun() => handled.abort(),
                () = tokio::time::sleep(Duration::from_secs(20)) => panic!("it never replied"),
            }
            assert!(handled.await.is_err_and(|end| end.is_cancelled()), "it replied after all");
        });
        self.restart()
    }

    pub(crate) fn does(mut self, event: Event) -> Self {
        let heard = Arc::new(Heard::that(self.deletes.clone()));
        self.seen_before = self.provider().count();
        let (engine, inbound) = (self.app().engine(), self.inbound(event));
        self.run(engine.handle(inbound, &*heard));
        self.hear(heard);
        self
    }

    fn hear(&mut self, heard: Arc<Heard>) {
        let replies = heard.replies();
        self.note(&replies, &heard.drafts());
        if let Some(menu) = replies.iter().rev().find(|reply| !reply.choices.is_empty()) {
            self.menus.insert(self.place.clone(), menu.choices.concat());
        }
        self.heard = heard;
    }

    /// Puts what was said with everything that is searched for secrets.
    pub(crate) fn note(&mut self, replies: &[Reply], drafts: &[String]) {
        writeln!(self.said, "{replies:?} {drafts:?}").unwrap();
        for reply in replies {
            writeln!(self.said, "{}", reply.plain_text()).unwrap();
        }
    }
}

/// A conversation of the account `default`.
pub(crate) fn conversation(channel: &str, kind: Kind, peer: &str, thread: Option<Thread>) -> Conversation {
    Conversation { channel: channel.to_owned(), account: "default".to_owned(), kind, peer: peer.to_owned(), thread }
}

/// No secret leaves the store: not into a reply, not into the log, not into the database.
impl Drop for Chat {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.pending.clear();
        self.apps.clear();
        let leaks = Leaks::of(&self.planted);
        leaks.assert_none_in("what was said", &self.said);
        leaks.assert_none_in("the log", self.log.bytes());
        for entry in fs::read_dir(self.directory.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && path != self.config_path() && !path.ends_with(".env") {
                leaks.assert_none_in(&path.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
}
