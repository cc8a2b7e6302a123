//! One account on the fake, served with the engine behind it.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use modelpin::clock::Clock as EngineClock;
use modelpin::directive::command_entries;
use modelpin::store::Store;
use modelpin_chat::Handler;
use modelpin_delivery::{Link, State};
use modelpin_discord::{Clock, Options, Registration, ServeFault, Shards, serve};
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::bot::{Bot, Chat};
use crate::support::discord::{DiscordFake, Person, Place};
use crate::support::inbox::Memory;

const TOKEN: &str = "MTAwMDAwMDAwMDAwMDAwMDAx.TEST-0.token-of-the-first-account";
/// How much time goes by in a millisecond.
const STEP: Duration = Duration::from_millis(50);
/// The same where menus are shown: what waits for a disk has the less patience, and leaves the buttons out.
const CALM_STEP: Duration = Duration::from_millis(12);
const SLOW_STEP: Duration = Duration::from_millis(4);
/// How long a test waits at the most, by the clock on the wall.
const PATIENCE: Duration = Duration::from_secs(30);
/// When the fake begins, since 1970.
const BEGAN: Duration = Duration::from_hours(498_660);

/// An account, and the Discord that it is on.
pub(super) struct Account {
    pub(super) fake: Arc<DiscordFake>,
    pub(super) inbox: Arc<Memory>,
    pub(super) shards: Shards,
    starts: usize,
    handler: Arc<dyn Handler>,
    running: Option<Running>,
}

struct Running {
    serving: JoinHandle<Result<(), ServeFault>>,
    stop: watch::Sender<bool>,
    state: watch::Receiver<State>,
}

/// Starts `bot`, and does `scene` with an account of it that is served; time goes by fifty times as fast. No secret of the
/// bot's may have gone to Discord in the end.
pub(super) fn on_discord<T, F>(bot: Bot, scene: impl FnOnce(Account) -> F) -> (Chat, T)
where
    F: Future<Output = (Account, T)>,
{
    let chat = bot.plants(TOKEN.to_owned()).start();
    let found = served(&chat, STEP, scene);
    (chat, found)
}

/// [`on_discord`] at a slower pace, for who presses what is shown: a menu is kept by a disk, whose time does not go by faster,
/// and one that cannot be kept in half a second is shown without its buttons.
pub(super) fn on_discord_slowly<T, F>(bot: Bot, scene: impl FnOnce(Account) -> F) -> (Chat, T)
where
    F: Future<Output = (Account, T)>,
{
    let chat = bot.plants(TOKEN.to_owned()).start();
    let found = served(&chat, CALM_STEP, scene);
    (chat, found)
}

fn served<T, F>(chat: &Chat, step: Duration, scene: impl FnOnce(Account) -> F) -> T
where
    F: Future<Output = (Account, T)>,
{
    let handler: Arc<dyn Handler> = chat.app().engine();
    chat.run(async {
        let fake = Arc::new(DiscordFake::start(TOKEN, "pinbot"));
        tokio::time::pause();
        let hurry = fake.hurry(step);
        let mut account =
            Account { fake, inbox: Arc::default(), shards: Shards::Automatic, starts: 0, handler, running: None };
        account.start();
        let (mut account, found) = scene(account).await;
        account.stop().await;
        drop(hurry);
        tokio::time::resume();
        assert_eq!(account.fake.leaks(&chat.planted), None);
        assert_eq!(account.fake.complaints(), [""; 0]);
        // Another run has to be told first.
        if account.starts == 1 {
            assert_eq!(account.fake.overruns(), [""; 0], "no more is sent than Discord takes");
        }
        found
    })
}

/// [`on_discord`] at a slower pace, for who also looks into the state and at the clock of the bot.
pub(super) fn on_discord_with<F>(bot: Bot, scene: impl FnOnce(Account, Arc<dyn Store>, Arc<dyn EngineClock>) -> F)
where
    F: Future<Output = Account>,
{
    let chat = bot.plants(TOKEN.to_owned()).start();
    let (store, clock) = (chat.app().store(), chat.app().clock());
    served(&chat, SLOW_STEP, |account| async move { (scene(account, store, clock).await, ()) });
}

impl Account {
    /// Waits until everything that was kept has been dealt with.
    pub(super) async fn settled(&self) {
        let begun = Instant::now();
        while self.inbox.pending() > 0 {
            assert!(begun.elapsed() < PATIENCE, "{} are pending", self.inbox.pending());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) fn start(&mut self) {
        self.starts += 1;
        let (stop, stopped) = watch::channel(false);
        let (state, seen) = watch::channel(State { bot: None, link: Link::Starting });
        let fake = Arc::clone(&self.fake);
        let options = Options {
            account: "default".to_owned(),
            token: SecretString::from(TOKEN),
            api_url: Some(self.fake.url().parse().unwrap()),
            shards: self.shards,
            commands: command_entries(),
            registration: Registration::Everywhere,
            clock: Clock(Arc::new(move || BEGAN + fake.now())),
            patience: Duration::from_secs(8),
        };
        let (handler, inbox) = (Arc::clone(&self.handler), Arc::clone(&self.inbox));
        let serving = tokio::spawn(serve(options, handler, inbox, state, stopped));
        self.running = Some(Running { serving, stop, state: seen });
    }

    /// Ann, and a channel of a server that she is in.
    pub(super) fn crew(&self) -> (Person, Place) {
        let (ann, guild) = (self.fake.person(42, "Ann"), self.fake.guild(1, "Crew"));
        self.fake.joins(&ann, guild, &[]);
        (ann, self.fake.channel(guild, "general"))
    }

    /// Waits until it is connected and its commands are registered.
    pub(super) async fn is_up(&self) {
        self.fake.until("a connection", || (self.link() == Link::Up).then_some(())).await;
        // Told, and known to be: an end before that would have them told again.
        self.fake.until("the commands", || self.inbox.remembers("commands").then_some(())).await;
    }

    /// Waits until it ends by itself; why, and how it stood in the end.
    pub(super) async fn ends(&mut self) -> (Result<(), ServeFault>, Link) {
        let Running { serving, stop: _stop, state } = self.running.take().expect("it is served");
        let ended = end(serving).await;
        (ended, state.borrow().link.clone())
    }

    /// Asks for the end, and waits for it.
    pub(super) async fn stop(&mut self) {
        let Some(Running { serving, stop, .. }) = self.running.take() else { return };
        stop.send_replace(true);
        end(serving).await.unwrap();
    }

    /// It dies without a word.
    pub(super) async fn dies(&mut self) {
        let Running { serving, .. } = self.running.take().expect("it is served");
        serving.abort();
        let _ = serving.await;
    }

    pub(super) fn link(&self) -> Link {
        self.running.as_ref().expect("it is served").state.borrow().link.clone()
    }
}

/// Waits for the end of it, by the clock on the wall: that of the runtime is another one.
async fn end(serving: JoinHandle<Result<(), ServeFault>>) -> Result<(), ServeFault> {
    let begun = Instant::now();
    while !serving.is_finished() {
        assert!(begun.elapsed() < PATIENCE, "it does not end");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    serving.await.unwrap()
}
