//! One account on the fake, served with the engine behind it.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use modelpin_chat::{Audience, CommandEntry, Form, Handler, Visibility};
use modelpin_delivery::{Link, State};
use modelpin_telegram::{Delivery, Options, ServeFault, serve};
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::bot::{Bot, Chat};
use crate::support::inbox::Memory;
use crate::support::telegram::{BotName, TelegramFake};

const TOKEN: &str = "123456:TEST-token-of-the-first-account";
/// How much time goes by in a millisecond where it is hurried.
const STEP: Duration = Duration::from_millis(50);
/// How long a test waits at the most, by the clock on the wall.
const PATIENCE: Duration = Duration::from_mins(1);

/// A Telegram with a bot on it, which outlives who serves the bot.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) fake: Arc<TelegramFake>,
    pub(super) bot: BotName,
    pub(super) inbox: Arc<Memory>,
    /// How updates come.
    pub(super) delivery: Delivery,
    /// Whether it is asked who administers groups.
    pub(super) admins: bool,
}

/// An account, and the Telegram that it is on.
pub(super) struct Account {
    pub(super) fake: Arc<TelegramFake>,
    pub(super) bot: BotName,
    pub(super) inbox: Arc<Memory>,
    delivery: Delivery,
    admins: bool,
    handler: Arc<dyn Handler>,
    running: Option<Running>,
}

struct Running {
    serving: JoinHandle<Result<(), ServeFault>>,
    stop: watch::Sender<bool>,
    state: watch::Receiver<State>,
}

/// How time goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// As it does.
    Real,
    /// Fifty times as fast. What waits for a disk has the less patience then: a menu may be shown without its buttons.
    Hurried,
}

/// Starts `bot`, and does `scene` with an account of it that is served. No secret of the bot's may have gone to Telegram
/// in the end, and Telegram must not have had to tell anybody to slow down who was not started anew.
pub(super) fn on_telegram<T, F>(bot: Bot, pace: Pace, scene: impl FnOnce(Account) -> F) -> (Chat, T)
where
    F: Future<Output = (Account, T)>,
{
    let chat = started(bot);
    let found = served(&chat, Stage::new(), pace, scene);
    (chat, found)
}

/// Starts `bot`, whose token in Telegram is a secret of its.
pub(super) fn started(bot: Bot) -> Chat {
    bot.plants(TOKEN.to_owned()).start()
}

/// Does `scene` with the account of `stage`, served with the engine of `chat`.
pub(super) fn served<T, F>(chat: &Chat, stage: Stage, pace: Pace, scene: impl FnOnce(Account) -> F) -> T
where
    F: Future<Output = (Account, T)>,
{
    let handler: Arc<dyn Handler> = chat.app().engine();
    chat.run(async {
        let Stage { fake, bot, inbox, delivery, admins } = stage;
        let hurry = (pace == Pace::Hurried).then(|| {
            tokio::time::pause();
            fake.hurry(STEP)
        });
        let mut account = Account { fake, bot, inbox, delivery, admins, handler, running: None };
        account.start();
        let (mut account, found) = scene(account).await;
        account.stop().await;
        if hurry.is_some() {
            drop(hurry);
            tokio::time::resume();
        }
        assert_eq!(account.fake.leaks(&chat.planted), None);
        assert_eq!(account.fake.impatience(), 0, "it did not wait as Telegram asked");
        // Who was started anew knows nothing of what was said a moment ago.
        let is_anew = account.fake.calls_of("getMe").len() > 1;
        assert!(is_anew || account.fake.overruns() == 0, "Telegram had to slow it down");
        found
    })
}

impl Stage {
    /// One that nobody has done anything on, with a bot that asks for its updates.
    pub(super) fn new() -> Self {
        let fake = TelegramFake::start();
        let bot = fake.bot(TOKEN, "first_bot");
        Self { fake: Arc::new(fake), bot, inbox: Arc::default(), delivery: Delivery::Polling, admins: false }
    }
}

impl Account {
    /// Waits until everything that has happened so far has been dealt with.
    pub(super) async fn settled(&self) {
        let all = || self.fake.waiting(&self.bot) == 0 && self.inbox.pending() == 0;
        let begun = Instant::now();
        while !all() {
            assert!(begun.elapsed() < PATIENCE, "{} are pending", self.inbox.pending());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) fn start(&mut self) {
        let (stop, stopped) = watch::channel(false);
        let (state, seen) = watch::channel(State { bot: None, link: Link::Starting });
        let command = |name: &str| CommandEntry {
            name: name.to_owned(),
            summary: format!("What {name} does"),
            audience: Audience::Everybody,
            form: Form::empty(Visibility::Private),
        };
        let options = Options {
            account: "default".to_owned(),
            token: SecretString::from(TOKEN),
            api_url: Some(self.fake.url().parse().unwrap()),
            delivery: self.delivery.clone(),
            commands: ["model", "models", "new"].map(command).to_vec(),
            owners: vec!["42".to_owned()],
            admins: self.admins,
            patience: Duration::from_secs(8),
        };
        let (handler, inbox) = (Arc::clone(&self.handler), Arc::clone(&self.inbox));
        let serving = tokio::spawn(serve(options, handler, inbox, state, stopped));
        self.running = Some(Running { serving, stop, state: seen });
    }

    /// Asks for the end, and waits for it.
    pub(super) async fn stop(&mut self) {
        let Running { serving, stop, .. } = self.running.take().expect("it is served");
        stop.send_replace(true);
        serving.await.unwrap().unwrap();
    }

    pub(super) fn link(&self) -> Link {
        self.running.as_ref().expect("it is served").state.borrow().link.clone()
    }
}
