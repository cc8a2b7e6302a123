//! One account on the fake, served with the engine behind it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use modelpin_chat::{Audience, CommandEntry, Handler};
use modelpin_telegram::{Delivery, Link, Options, ServeFault, State, serve};
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::bot::{Bot, Chat};
use crate::support::telegram::{BotName, TelegramFake};
use crate::telegram::memory::Memory;

const TOKEN: &str = "123456:TEST-token-of-the-first-account";
/// How much time goes by in a millisecond where it is hurried.
const STEP: Duration = Duration::from_millis(50);

/// An account, and the Telegram that it is on.
pub(super) struct Account {
    pub(super) fake: Arc<TelegramFake>,
    pub(super) bot: BotName,
    pub(super) inbox: Arc<Memory>,
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
/// in the end, and Telegram must not have had to tell anybody to slow down.
pub(super) fn on_telegram<T, F>(bot: Bot, pace: Pace, scene: impl FnOnce(Account) -> F) -> (Chat, T)
where
    F: Future<Output = (Account, T)>,
{
    let chat = bot.start();
    let handler: Arc<dyn Handler> = chat.app().engine();
    let found = chat.run(async {
        let fake = Arc::new(TelegramFake::start());
        let bot = fake.bot(TOKEN, "first_bot");
        let hurry = (pace == Pace::Hurried).then(|| {
            tokio::time::pause();
            fake.hurry(STEP)
        });
        let mut account = Account { fake, bot, inbox: Arc::default(), handler, running: None };
        account.start();
        let (mut account, found) = scene(account).await;
        account.stop().await;
        if hurry.is_some() {
            drop(hurry);
            tokio::time::resume();
        }
        assert_eq!(account.fake.leaks(&chat.planted), None);
        assert_eq!((account.fake.overruns(), account.fake.impatience()), (0, 0), "Telegram had to slow it down");
        found
    });
    (chat, found)
}

impl Account {
    pub(super) fn start(&mut self) {
        let (stop, stopped) = watch::channel(false);
        let (state, seen) = watch::channel(State { bot: None, link: Link::Starting });
        let command = |name: &str| CommandEntry {
            name: name.to_owned(),
            summary: format!("What {name} does"),
            audience: Audience::Everybody,
        };
        let options = Options {
            account: "default".to_owned(),
            token: SecretString::from(TOKEN),
            api_url: Some(self.fake.url().parse().unwrap()),
            delivery: Delivery::Polling,
            commands: ["model", "models", "new"].map(command).to_vec(),
            owners: vec!["42".to_owned()],
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
