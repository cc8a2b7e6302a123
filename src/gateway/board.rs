//! How all accounts stand, for whoever asks.

use std::sync::Arc;

use jiff::Timestamp;
use modelpin_delivery::{Link, State};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::gateway::channel::{AccountId, Entry};
use crate::gateway::standing::{shown, starting, why, word};
use crate::gateway::told::Told;

/// How all accounts stand. Clones show the same.
#[derive(Clone)]
pub(crate) struct Board {
    shown: watch::Sender<Shown>,
    clock: Arc<dyn Clock>,
}

/// What is on the board.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The accounts, in the order of the configuration.
    pub(crate) lines: Vec<Line>,
    /// What is wrong with the configuration as a whole.
    pub(crate) trouble: Vec<String>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: AccountId,
    pub(crate) name: Option<String>,
    pub(crate) standing: State,
    /// Since when its connection is what it is.
    pub(crate) since: Timestamp,
}

impl Board {
    /// One with nothing on it.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { shown: watch::Sender::default(), clock }
    }

    /// What is on it now.
    pub(crate) fn now(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Wakes whenever something on it changes.
    pub(crate) fn changes(&self) -> watch::Receiver<Shown> {
        self.shown.subscribe()
    }

    /// Puts up these accounts, in this order. Those that were there stay as they stood.
    pub(crate) fn list(&self, entries: &[Entry], trouble: &[String]) {
        let now = self.clock.now();
        self.shown.send_if_modified(|shown| {
            let line = |entry: &Entry| {
                let known = shown.lines.iter().find(|line| line.id == entry.id);
                let (standing, since) = known.map_or((starting(), now), |line| (line.standing.clone(), line.since));
                Line { id: entry.id.clone(), name: entry.name.clone(), standing, since }
            };
            let new = Shown { lines: entries.iter().map(line).collect(), trouble: trouble.to_vec() };
            let is_other = *shown != new;
            *shown = new;
            is_other
        });
    }

    /// Shows how one account stands.
    pub(crate) fn note(&self, id: &AccountId, standing: &State) {
        let now = self.clock.now();
        let changed = self.shown.send_if_modified(|shown| {
            let Some(line) = shown.lines.iter_mut().find(|line| line.id == *id && line.standing != *standing) else {
                return false;
            };
            if line.standing.link != standing.link {
                line.since = now;
            }
            line.standing = standing.clone();
            true
        });
        if changed {
            log(id, standing);
        }
    }
}

fn log(id: &AccountId, standing: &State) {
    let AccountId { channel, account } = id;
    let (bot, state) = (standing.bot.as_deref().unwrap_or_default(), word(&standing.link));
    match &standing.link {
        Link::Starting | Link::Up | Link::Ended => tracing::info!(channel, account, bot, "{state}"),
        Link::Standby(why) => tracing::info!(channel, account, bot, why, "{state}"),
        Link::Down(why) => tracing::warn!(channel, account, bot, why, "{state}"),
        Link::OtherPoller => tracing::warn!(channel, account, bot, "another poller asks for this bot's messages"),
        Link::Refused(why) => tracing::error!(channel, account, bot, why, "{state}"),
    }
}

impl Shown {
    /// Whether every account that is configured answers people, and there is one.
    pub(crate) fn is_ready(&self) -> bool {
        !self.lines.is_empty()
            && self.lines.iter().all(|line| matches!(line.standing.link, Link::Up | Link::Standby(_)))
    }

    /// The accounts for programs.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.lines.iter().map(Line::told).collect()
    }

    /// All of it in one line.
    pub(crate) fn summary(&self) -> String {
        let lines = self.lines.iter().map(|line| format!("{} {}", line.id, shown(&line.standing)));
        lines.chain(self.trouble.iter().cloned()).collect::<Vec<_>>().join("; ")
    }
}

impl Line {
    fn told(&self) -> Told {
        let Self { id, name, standing, since } = self;
        Told {
            channel: id.channel.to_owned(),
            account: id.account.clone(),
            name: name.clone(),
            bot: standing.bot.clone(),
            state: word(&standing.link).to_owned(),
            why: why(&standing.link).map(str::to_owned),
            since: format!("{since:.0}"),
        }
    }
}
