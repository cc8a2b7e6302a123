//! The engine: what the adapters call. One method per directive; all changes go through one function.

mod again;
mod audited;
mod budget;
mod change;
mod complete;
mod discreet;
mod finish;
mod form;
mod gate;
mod open;
mod operate;
mod own;
mod personal;
mod press;
mod propose;
mod queues;
mod rebind;
mod restraint;
mod select;
mod send;
mod show;
mod talk;
mod withhold;

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use modelpin_chat::{BoxFuture, Completion, CompletionRequest, Event, Handler, Inbound, Kind, Outbox, Visibility};
use tokio::sync::watch;

use crate::access::{Action, Asker, Denied, Role, authorize, is_switched_off, role_of, wants_mention};
use crate::agent::AgentId;
use crate::audit::Surface;
use crate::directive::{self, Command, Directive, Message};
use crate::engine::discreet::Discreet;
use crate::engine::gate::{Gate, Pass};
use crate::engine::open::Open;
use crate::engine::queues::Queues;
use crate::engine::restraint::Restraint;
use crate::operator::note_policy;
use crate::reply::{Draft, Refusal, Words};
use crate::session::{Actor, SessionKey};
use crate::settings::Loaded;
use crate::turn::{Gathered, Sources};

/// The engine of one agent. Shared by all its channels; every conversation is served at once, its turns one by one.
pub struct Engine {
    sources: Sources,
    gate: Gate,
    /// Whose turn is running, and whose comes next.
    running: Arc<Queues>,
    open: Open,
    restraint: Restraint,
    /// The configuration whose policy was last compared with the one in the audit.
    noted: Arc<Mutex<Weak<Loaded>>>,
    /// Told when an operator wants the program that serves this engine to end.
    end: watch::Sender<bool>,
    /// Why a change is missing from the audit; nothing where the last one is not.
    unaudited: Mutex<Option<String>>,
    /// Where people bring credentials of their own.
    page: OnceLock<String>,
}

/// What a directive is carried out with.
#[derive(Clone, Copy)]
struct Case<'a> {
    /// What happened.
    inbound: &'a Inbound,
    /// The text that spans point into.
    text: &'a str,
    /// The way back.
    outbox: &'a dyn Outbox,
    /// How it was asked for.
    surface: Surface,
    /// Whether the text is a command that was printed on a button or beside a number, so that every name in it is whole.
    printed: bool,
    /// The place in the gate of the session.
    pass: &'a Pass,
    /// Whether a turn belongs to it, so that the place is kept beyond the first reply.
    goes_on: bool,
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
            let _handling = self.open.handling(&inbound);
            let outbox = Discreet(outbox);
            self.note_policy();
            // A fault of ours ends this answer, not the program that serves all the other chats.
            let served = AssertUnwindSafe(self.serve(&inbound, &outbox)).catch_unwind().await;
            if served.is_err() {
                tracing::error!(session.key = %self.key(&inbound), "an answer was given up for a fault of the program");
                // It may be the way back that is broken.
                let _ = AssertUnwindSafe(self.apologise(&inbound, &outbox)).catch_unwind().await;
            }
        })
    }

    fn complete(&self, request: CompletionRequest) -> BoxFuture<'_, Vec<Completion>> {
        self.proposals(request)
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
        Self {
            sources,
            gate: Gate::default(),
            running: Arc::new(Queues::measured()),
            open: Open::default(),
            restraint: Restraint::default(),
            noted: Arc::default(),
            end: watch::Sender::new(false),
            unaudited: Mutex::default(),
            page: OnceLock::new(),
        }
    }

    /// Why the last change is missing from the audit, if it is.
    #[cfg(feature = "cli")]
    pub(crate) fn audit_trouble(&self) -> Option<String> {
        self.unaudited.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes whether a change is in the audit.
    fn note_audit(&self, fault: Option<String>) {
        *self.unaudited.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// Hears when an operator wants the program that serves this engine to end.
    #[cfg(feature = "cli")]
    pub(crate) fn end_wanted(&self) -> watch::Receiver<bool> {
        self.end.subscribe()
    }

    /// Has the program that serves this engine end; says whether there is one that listens.
    fn ask_to_end(&self) -> bool {
        self.end.send(true).is_ok()
    }

    /// Tells the audit what of the configuration in force decides otherwise than before. Cheap where it was told before;
    /// nobody waits for it.
    pub(crate) fn note_policy(&self) {
        let current = self.sources.settings.current();
        let same = Arc::downgrade(&current);
        let before = std::mem::replace(&mut *self.noted.lock().unwrap_or_else(PoisonError::into_inner), same.clone());
        if before.ptr_eq(&same) {
            return;
        }
        let (store, noted, now) = (Arc::clone(&self.sources.store), Arc::clone(&self.noted), self.sources.now());
        tokio::spawn(async move {
            if let Err(fault) = note_policy(store.as_ref(), &current.policy, now).await {
                tracing::error!(%fault, "a change of who may do what is not in the audit");
                // The next one who comes tries again.
                *noted.lock().unwrap_or_else(PoisonError::into_inner) = Weak::new();
            }
        });
    }

    async fn serve(&self, inbound: &Inbound, outbox: &dyn Outbox) {
        if is_switched_off(&self.sources.settings.current().config, &Asker::from(inbound)) {
            tracing::debug!(session.key = %self.key(inbound), "nobody is answered here");
            return;
        }
        let (text, surface) = match &inbound.event {
            Event::Message(text) | Event::Forwarded(text) => (text.as_str(), Surface::Text),
            Event::Press(_) => ("", Surface::Press),
            Event::Command(_) => ("", Surface::Command),
        };
        let case = Case { inbound, text, outbox, surface, printed: false, pass: &Pass::default(), goes_on: false };
        match &inbound.event {
            Event::Message(text) => self.message(&case, text).await,
            Event::Forwarded(text) => {
                if !self.withholds(&case).await {
                    self.hear(&case, text).await;
                }
            }
            Event::Press(token) => self.press(&case, token).await,
            Event::Command(invocation) => self.form(&case, invocation).await,
        }
    }

    /// Says that something went wrong that should not. What it was is in the log.
    async fn apologise(&self, inbound: &Inbound, outbox: &dyn Outbox) {
        let mut draft = Draft::default();
        draft.line(
            "Something went wrong inside modelpin, and this was given up half-way. Its operator finds it in the log.",
        );
        draft.line("Send it again, or type /model status to see what is chosen now.");
        let (surface, pass) = (Surface::Text, &Pass::default());
        let case = Case { inbound, text: "", outbox, surface, printed: false, pass, goes_on: false };
        self.send(&case, draft, Visibility::Private).await;
    }

    async fn message(&self, case: &Case<'_>, text: &str) {
        let read = directive::read(text, &case.inbound.bot);
        if read == Ok(Message::ForAnotherBot) || self.withholds(case).await {
            return;
        }
        match read {
            Ok(Message::ForAnotherBot) => {}
            Ok(Message::Plain) => self.hear(case, text).await,
            Ok(Message::Command(command)) if self.is_plain(&command.directive) => self.hear(case, text).await,
            Ok(Message::Command(command)) => self.command(case, command).await,
            Err(fault) => {
                let why = match self.authorize(case.inbound, Action::See) {
                    Ok(()) => Refusal::Malformed(fault),
                    Err(denied) => Refusal::Denied(denied),
                };
                self.refuse(case, why).await;
            }
        }
    }

    /// What is said in a conversation, to the bot or not.
    ///
    /// People who talk to each other are left alone, and so are those in a group whom the bot does not know: not every
    /// word of theirs asks for an answer, as a command does.
    async fn hear(&self, case: &Case<'_>, text: &str) {
        let conversation = &case.inbound.conversation;
        let wants_mention = wants_mention(&self.sources.settings.current().config, &Asker::from(case.inbound));
        let denied = self.authorize(case.inbound, Action::Talk).is_err();
        if wants_mention && !case.inbound.addressed || denied && conversation.kind != Kind::Dm {
            return;
        }
        let pass = self.gate.enter(&self.key(case.inbound)).await;
        self.talk(&Case { pass: &pass, ..*case }, text, None).await;
    }

    async fn command(&self, case: &Case<'_>, command: Command) {
        let Command { directive, following } = command;
        let key = self.key(case.inbound);
        let pass = if changes(&directive) { self.gate.enter(&key).await } else { self.gate.look_in(&key).await };
        let goes_on = following.is_some() || matches!(directive, Directive::New { text: Some(_) });
        let case = Case { pass: &pass, goes_on, ..*case };
        match (self.carry_out(&case, directive).await, following) {
            (Done::Yes, Some(following)) => self.talk(&case, &following, None).await,
            (Done::Yes | Done::Refused, _) => {}
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
            Directive::Profiles { page } => self.profiles(case, page).await,
            Directive::Status => self.status(case).await,
            Directive::Why => self.why(case).await,
            Directive::Help => self.help(case).await,
            Directive::Whoami => self.whoami(case).await,
            Directive::Operate(operation) => self.operate(case, operation).await,
            Directive::Default => self.drop_choice(case).await,
            Directive::Undo => self.undo(case).await,
            Directive::Number(number) => self.number(case, number).await,
            Directive::Select { wanted, lifetime } => self.select(case, &wanted, lifetime).await,
            Directive::New { text } => self.begin(case, text).await,
            Directive::Shortcut { wanted, text } => self.shortcut(case, &wanted, text).await,
        }
    }

    fn authorize(&self, inbound: &Inbound, action: Action) -> Result<(), Denied> {
        authorize(&self.sources.settings.current().config, &Asker::from(inbound), action, None, None)
    }

    /// The key of the session that `inbound` belongs to.
    fn key(&self, inbound: &Inbound) -> SessionKey {
        self.sources.key(&self.sources.settings.current().config, inbound)
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
        auth: &settings.config.auth,
        names_all: inbound.conversation.kind == Kind::Dm
            && role_of(&settings.config, &Asker::from(inbound)) >= Role::Operator,
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

/// Whether a directive makes something that later ones have to find.
fn changes(directive: &Directive) -> bool {
    match directive {
        Directive::Default
        | Directive::Undo
        | Directive::Number(_)
        | Directive::Select { .. }
        | Directive::New { .. }
        | Directive::Shortcut { .. } => true,
        Directive::Picker
        | Directive::List { .. }
        | Directive::Profiles { .. }
        | Directive::Status
        | Directive::Why
        | Directive::Help
        | Directive::Whoami
        // What they change are other sessions, or what all of them share.
        | Directive::Operate(_) => false,
    }
}
