//! The engine: what the adapters call. One method per directive; all changes go through one function.

mod change;
mod discreet;
mod finish;
mod press;
mod rebind;
mod running;
mod select;
mod show;
mod talk;
mod withhold;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use modelpin_chat::{BoxFuture, Event, Handler, Inbound, Kind, Outbox, Placement, Reply, Visibility};

use crate::access::{Action, Asker, authorize};
use crate::agent::AgentId;
use crate::directive::{self, Directive, Message};
use crate::engine::discreet::Discreet;
use crate::engine::running::Running;
use crate::reply::{Draft, Refusal, Words, refusal};
use crate::session::{Actor, SessionKey};
use crate::settings::Loaded;
use crate::turn::{Gathered, Sources};

/// The engine of one agent. Shared by all its channels; every conversation is served at once, its turns one by one.
pub struct Engine {
    sources: Sources,
    running: Running,
}

/// What a directive is carried out with.
struct Case<'a> {
    /// What happened.
    inbound: &'a Inbound,
    /// The text that spans point into.
    text: &'a str,
    /// The way back.
    outbox: &'a dyn Outbox,
}

/// Whether what was asked for was done; what follows a refused command is not sent anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Yes,
    Refused,
}

impl Handler for Engine {
    fn handle<'a>(&'a self, inbound: Inbound, outbox: &'a dyn Outbox) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let outbox = Discreet(outbox);
            // A fault of ours ends this answer, not the program that serves all the other chats.
            let served = AssertUnwindSafe(self.serve(&inbound, &outbox)).catch_unwind().await;
            if served.is_err() {
                tracing::error!(session.key = %self.key(&inbound), "an answer was given up for a fault of the program");
                // It may be the way back that is broken.
                let _ = AssertUnwindSafe(self.apologise(&inbound, &outbox)).catch_unwind().await;
            }
        })
    }
}

impl Engine {
    /// The agent that is served.
    pub fn agent(&self) -> &AgentId {
        &self.sources.agent
    }

    /// Whether anybody could answer at all: a profile in the store, a key in the environment or in the configuration, or
    /// a default model that wants none.
    pub(crate) fn has_credential(&self) -> bool {
        self.sources.has_credential()
    }

    /// Everything it reads from.
    #[cfg(feature = "cli")]
    pub(crate) fn sources(&self) -> &Sources {
        &self.sources
    }

    pub(crate) fn new(sources: Sources) -> Self {
        Self { sources, running: Running::default() }
    }

    async fn serve(&self, inbound: &Inbound, outbox: &dyn Outbox) {
        match &inbound.event {
            Event::Message(text) => self.message(inbound, text, outbox).await,
            Event::Forwarded(text) => self.talk(&Case { inbound, text, outbox }, text, None).await,
            Event::Press(token) => self.press(inbound, token, outbox).await,
        }
    }

    /// Says that something went wrong that should not. What it was is in the log.
    async fn apologise(&self, inbound: &Inbound, outbox: &dyn Outbox) {
        let mut draft = Draft::default();
        draft.line(
            "Something went wrong inside modelpin, and this was given up half-way. Its operator finds it in the log.",
        );
        draft.line("Send it again, or type /model status to see what is chosen now.");
        self.send(&Case { inbound, text: "", outbox }, draft, Visibility::Private).await;
    }

    async fn message(&self, inbound: &Inbound, text: &str, outbox: &dyn Outbox) {
        let case = Case { inbound, text, outbox };
        let read = directive::read(text, &inbound.bot);
        if read != Ok(Message::ForAnotherBot) && self.withholds(&case).await {
            return;
        }
        match read {
            Ok(Message::ForAnotherBot) => {}
            Ok(Message::Plain) => self.talk(&case, text, None).await,
            Ok(Message::Command(command)) if self.is_plain(&command.directive) => self.talk(&case, text, None).await,
            Ok(Message::Command(command)) => {
                let done = self.carry_out(&case, command.directive).await;
                match (done, command.following) {
                    (Done::Yes, Some(following)) => self.talk(&case, &following, None).await,
                    (Done::Yes | Done::Refused, _) => {}
                }
            }
            Err(fault) => {
                self.refuse(&case, Refusal::Malformed(fault)).await;
            }
        }
    }

    /// A word after `/` that is no alias is not ours: the message goes to the model as it is.
    fn is_plain(&self, directive: &Directive) -> bool {
        match directive {
            Directive::Shortcut { wanted, .. } => !self.sources.settings.current().catalog.starts_with_alias(wanted),
            _ => false,
        }
    }

    async fn carry_out(&self, case: &Case<'_>, directive: Directive) -> Done {
        if let Err(denied) = self.authorize(case.inbound, Action::See)
            && directive != Directive::Whoami
        {
            return self.refuse(case, Refusal::Denied(denied)).await;
        }
        match directive {
            Directive::Picker => self.picker(case).await,
            Directive::List { provider, page } => self.list(case, provider, page).await,
            Directive::Status => self.status(case).await,
            Directive::Why => self.why(case).await,
            Directive::Help => self.help(case).await,
            Directive::Whoami => self.whoami(case).await,
            Directive::Default => self.drop_choice(case).await,
            Directive::Undo => self.undo(case).await,
            Directive::Number(number) => self.number(case, number).await,
            Directive::Select { wanted, lifetime } => self.select(case, &wanted, lifetime).await,
            Directive::New { text } => self.begin(case, text).await,
            Directive::Shortcut { wanted, text } => self.shortcut(case, &wanted, text).await,
        }
    }

    fn authorize(&self, inbound: &Inbound, action: Action) -> Result<(), crate::access::Denied> {
        authorize(&self.sources.settings.current().config, &Asker::from(inbound), action, None)
    }

    /// The key of the session that `inbound` belongs to.
    fn key(&self, inbound: &Inbound) -> SessionKey {
        self.sources.key(&self.sources.settings.current().config, inbound)
    }

    async fn refuse(&self, case: &Case<'_>, why: Refusal) -> Done {
        let settings = self.sources.settings.current();
        let words = in_words(&settings, case.inbound, self.sources.now());
        tracing::debug!(session.key = %self.key(case.inbound), ?why, "refused");
        self.send(case, refusal(&why, case.text, words), Visibility::Private).await;
        Done::Refused
    }

    /// Sends a draft, with its menu kept so that a press finds what was printed on it.
    async fn send(&self, case: &Case<'_>, draft: Draft, visibility: Visibility) {
        let key = self.key(case.inbound);
        let choices = self.keep_menu(&key, &actor(case.inbound), draft.rows).await;
        let reply = Reply {
            blocks: draft.blocks,
            choices,
            visibility,
            placement: Placement::InPlace,
            session: key.to_string(),
            receipt: None,
        };
        if let Err(fault) = case.outbox.send(reply).await {
            tracing::warn!(session.key = %key, %fault, "a reply was not delivered");
        }
    }
}

/// The words for replies to `inbound`.
fn words<'a>(gathered: &'a Gathered, inbound: &Inbound) -> Words<'a> {
    in_words(&gathered.settings, inbound, gathered.now)
}

fn in_words<'a>(settings: &'a Loaded, inbound: &Inbound, now: Timestamp) -> Words<'a> {
    Words {
        catalog: &settings.catalog,
        group: inbound.conversation.kind != Kind::Dm,
        keep_on_new: settings.config.session.keep_on_new,
        now,
    }
}

/// Who did it, as it is written into rows.
fn actor(inbound: &Inbound) -> Actor {
    Actor {
        channel: inbound.conversation.channel.clone(),
        id: inbound.sender.id.clone(),
        name: inbound.sender.name.clone(),
    }
}
