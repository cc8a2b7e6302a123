//! An account that is served, with all sides played.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use modelpin_chat::{Block, BoxFuture, Event, Handler, Inbound, Outbox, Placement, Reply, Visibility};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::scripted::{Answer, Drawer, Made, Telegram};
use crate::serve::serve_over;
use crate::{Delivery, Options, ServeFault};
use modelpin_delivery::{Link, State};

/// What is done with an event.
type Act = for<'a> fn(Inbound, &'a dyn Outbox) -> BoxFuture<'a, ()>;

/// A reply that says `text`.
pub(crate) fn reply(text: &str) -> Reply {
    Reply {
        blocks: vec![Block::line(text)],
        choices: Vec::new(),
        visibility: Visibility::Chat,
        placement: Placement::InPlace,
        session: String::new(),
        receipt: None,
    }
}

/// Says what an event holds.
pub(crate) fn text_of(inbound: &Inbound) -> String {
    match &inbound.event {
        Event::Message(text) | Event::Forwarded(text) | Event::Press(text) => text.clone(),
        Event::Command(invocation) => invocation.command.clone(),
    }
}

/// A handler that does one thing, and remembers what it was handed.
pub(crate) struct Actor {
    act: Act,
    pub(crate) heard: Mutex<Vec<Inbound>>,
}

impl Handler for Actor {
    fn handle<'a>(&'a self, inbound: Inbound, outbox: &'a dyn Outbox) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.heard.lock().unwrap().push(inbound.clone());
            (self.act)(inbound, outbox).await;
        })
    }
}

/// An account that is being served.
pub(crate) struct Scene {
    pub(crate) telegram: Arc<Telegram>,
    pub(crate) inbox: Arc<Drawer>,
    pub(crate) actor: Arc<Actor>,
    pub(crate) state: watch::Receiver<State>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<Result<(), ServeFault>>,
}

impl Scene {
    /// Telegram hands out `updates`, then nothing more; `script` may say otherwise.
    pub(crate) fn with(
        updates: Vec<Value>,
        act: Act,
        script: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let script = move |made: &Made| {
            let first = made.method == "getUpdates" && made.nth == 0;
            script(made).or_else(|| first.then(|| Answer::ok(json!(updates))))
        };
        Self::begin(Drawer::default(), act, script)
    }

    pub(crate) fn begin(
        inbox: Drawer,
        act: Act,
        script: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        Self::begin_as(options(), inbox, act, script)
    }

    pub(crate) fn begin_as(
        options: Options,
        inbox: Drawer,
        act: Act,
        script: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let telegram = Arc::new(Telegram::new(script));
        let inbox = Arc::new(inbox);
        let actor = Arc::new(Actor { act, heard: Mutex::default() });
        let (stop, stopped) = watch::channel(false);
        let (sender, state) = watch::channel(State { bot: None, link: Link::Starting });
        let serving = serve_over(
            Arc::<Telegram>::clone(&telegram),
            options,
            Arc::<Actor>::clone(&actor),
            Arc::<Drawer>::clone(&inbox),
            sender,
            stopped,
        );
        Self { telegram, inbox, actor, state, stop, serving: tokio::spawn(serving) }
    }

    pub(crate) fn link(&self) -> Link {
        self.state.borrow().link.clone()
    }

    /// What the handler was handed, in order.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.actor.heard.lock().unwrap().iter().map(text_of).collect()
    }

    /// Asks for the end, and waits for it.
    pub(crate) async fn stop(self) -> Result<(), ServeFault> {
        self.stop.send_replace(true);
        self.serving.await.unwrap()
    }

    /// Waits for an end that nobody asked for.
    pub(crate) async fn end(self) -> Result<(), ServeFault> {
        let Self { stop, serving, .. } = self;
        let outcome = serving.await.unwrap();
        drop(stop);
        outcome
    }
}

pub(crate) fn options() -> Options {
    Options {
        admins: false,
        account: "default".to_owned(),
        token: SecretString::from("123456:TEST-token"),
        api_url: None,
        delivery: Delivery::Polling,
        commands: Vec::new(),
        owners: Vec::new(),
        patience: Duration::from_secs(8),
    }
}
