//! An account over a state on disk, which outlives the program that serves it.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use modelpin::session::Session;
use modelpin_chat::{Audience, CommandEntry, Form, Visibility};
use modelpin_delivery::{Link, State};
use modelpin_telegram::{Delivery, Options, ServeFault, serve};
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::bot::{Bot, Chat};
use crate::support::telegram::{BotName, Hurry, Room, TelegramFake};

const TOKEN: &str = "765432:TEST-token-of-an-account-that-lasts";

/// How much time goes by in a millisecond. What waits for a disk or for a busy machine still comes in time.
const STEP: Duration = Duration::from_millis(20);

/// How long it may take, by the clock on the wall, until everything is dealt with.
const PATIENCE: Duration = Duration::from_mins(1);

/// Telegram, the state on disk, and whatever program serves the account now. Time is hurried.
pub(super) struct Lasting {
    /// Dropped first: the runtime of the chat would wait for it for ever.
    hurry: Option<Hurry>,
    chat: Option<Chat>,
    pub(super) fake: Arc<TelegramFake>,
    pub(super) bot: BotName,
    /// How many programs found something that one before them had left.
    successors: usize,
}

/// A program that serves the account.
pub(super) struct Program<'a> {
    pub(super) chat: &'a Chat,
    pub(super) fake: &'a TelegramFake,
    pub(super) bot: &'a BotName,
    serving: JoinHandle<Result<(), ServeFault>>,
    stop: watch::Sender<bool>,
    state: watch::Receiver<State>,
    ended: Cell<bool>,
}

impl Lasting {
    pub(super) fn start(bot: Bot) -> Self {
        let chat = bot.start();
        let (fake, bot, hurry) = chat.run(async {
            let fake = Arc::new(TelegramFake::start());
            let bot = fake.bot(TOKEN, "first_bot");
            tokio::time::pause();
            let hurry = fake.hurry(STEP);
            (fake, bot, hurry)
        });
        Self { chat: Some(chat), fake, bot, hurry: Some(hurry), successors: 0 }
    }

    /// Has a program serve the account for the time of `scene`, and lets go of everything it holds: the next one finds
    /// what is on the disk, and nothing else.
    pub(super) fn served<T>(&mut self, scene: impl AsyncFnOnce(&Program<'_>) -> T) -> T {
        let chat = self.chat.take().unwrap();
        // Let go of before the runtime where a scene stops the test: it would wait for the hurry for ever.
        let hurry = self.hurry.take();
        let found = chat.run(async {
            let program = Program::start(&chat, &self.fake, &self.bot);
            let found = scene(&program).await;
            assert!(program.ended.get(), "a program ends or is killed");
            found
        });
        self.hurry = hurry;
        self.chat = Some(chat.restart());
        self.successors += 1;
        found
    }

    /// The row of the session of that place; `account` and agent are the usual ones.
    pub(super) fn session(&self, place: Room) -> Arc<Session> {
        let chat = self.chat.as_ref().unwrap();
        let key = key(place).parse().unwrap();
        chat.run(async { chat.app().store().load(&key).await }).unwrap().expect("something was chosen there")
    }

    /// Time is as usual again. No secret may have gone to Telegram, and it must not have had to slow anybody down. Only a
    /// program that begins does not know what the one before it said or was told, and is told once in each chat.
    pub(super) fn end(mut self, chats: usize) -> Chat {
        let chat = self.chat.take().unwrap();
        let hurry = self.hurry.take();
        chat.run(async move {
            drop(hurry);
            tokio::time::resume();
        });
        assert_eq!(self.fake.leaks(&chat.planted), None);
        let told = self.fake.overruns() + self.fake.impatience();
        assert!(told <= self.successors * chats, "Telegram had to slow it down {told} times");
        chat
    }
}

impl<'a> Program<'a> {
    fn start(chat: &'a Chat, fake: &'a TelegramFake, bot: &'a BotName) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (state, seen) = watch::channel(State { bot: None, link: Link::Starting });
        let entry = CommandEntry {
            name: "model".to_owned(),
            summary: "Choose who answers here".to_owned(),
            audience: Audience::Everybody,
            form: Form::empty(Visibility::Private),
        };
        let options = Options {
            account: "default".to_owned(),
            token: SecretString::from(TOKEN),
            api_url: Some(fake.url().parse().unwrap()),
            delivery: Delivery::Polling,
            commands: vec![entry],
            admins: false,
            owners: Vec::new(),
            patience: Duration::from_secs(8),
        };
        let inbox = chat.app().telegram_inbox(bot.id.unsigned_abs());
        let serving = tokio::spawn(serve(options, chat.app().engine(), inbox, state, stopped));
        Self { chat, fake, bot, serving, stop, state: seen, ended: Cell::new(false) }
    }

    /// Ends it as a signal would.
    pub(super) async fn ends(&self) {
        self.stop.send_replace(true);
        while !self.serving.is_finished() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.ended.set(true);
    }

    /// Ends it in the middle of whatever it does.
    pub(super) async fn is_killed(&self) {
        self.serving.abort();
        while !self.serving.is_finished() {
            tokio::task::yield_now().await;
        }
        // What it had begun is dropped when the runtime comes to it.
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.ended.set(true);
    }

    pub(super) fn link(&self) -> Link {
        self.state.borrow().link.clone()
    }

    /// How much was kept and is not dealt with.
    pub(super) async fn pending(&self) -> usize {
        let mailbox = format!("telegram:{}", self.bot.id);
        self.chat.app().inbox().waiting(&mailbox).await.unwrap().deliveries.len()
    }

    /// Waits until everything that was written is dealt with.
    pub(super) async fn has_dealt_with_all(&self) {
        let begun = Instant::now();
        loop {
            let (waiting, pending) = (self.fake.waiting(self.bot), self.pending().await);
            if (waiting, pending) == (0, 0) {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{waiting} wait at Telegram and {pending} are pending: {:?}",
                self.link()
            );
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

fn key(Room { chat, with, topic }: Room) -> String {
    let kind = if with.is_some() { "dm" } else { "group" };
    let topic = topic.map(|topic| format!(":topic:{topic}")).unwrap_or_default();
    format!("agent:main:telegram:default:{kind}:{chat}{topic}")
}
