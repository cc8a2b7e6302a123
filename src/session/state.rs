//! The state of a session and its pure transitions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::profile::ProfileId;
use crate::session::{EventId, Selection, SessionKey, Until};

/// One row of the session table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub key: SessionKey,
    /// The session it inherits from while it has no selection of its own.
    pub parent: Option<SessionKey>,
    /// What is chosen now.
    pub choice: Choice,
    /// What was chosen before the last change, for `undo`.
    pub previous: Option<Choice>,
    /// When a person last changed what is chosen, or began a conversation; `None` for a session as it came.
    pub chosen: Option<Timestamp>,
    /// The credential that rotation settled on: a hint, never inherited.
    pub auto: Option<AutoChoice>,
    /// The events that the last changes were made for, the latest at the end.
    pub events: Vec<EventId>,
    /// Which conversation of the session is running; `/new` begins the next. History is kept per conversation.
    pub conversation: u64,
    /// 0 for a session that was never committed; each commit adds one.
    pub revision: u64,
    /// When it was first committed.
    pub created: Timestamp,
    /// When it was last committed.
    pub updated: Timestamp,
}

/// What is chosen in a session: a lasting selection, and perhaps one over it for a while.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// Holds until somebody changes it.
    pub lasting: Option<Selection>,
    /// Holds for a time or for one turn, then the lasting one is back.
    pub passing: Option<Selection>,
}

/// The credential that answered when nobody had chosen one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoChoice {
    /// The profile that is to be tried first.
    pub profile: ProfileId,
    /// Why it was chosen, in words.
    pub reason: String,
    /// A digest of the order, the credentials and the benches it was chosen under; the hint ends when that changes.
    pub basis: u64,
    /// When it was chosen.
    pub since: Timestamp,
    /// When the hint ends at the latest.
    pub until: Timestamp,
}

impl Choice {
    /// The selection that counts at `now`.
    pub fn effective(&self, now: Timestamp) -> Option<&Selection> {
        self.passing.as_ref().filter(|selection| selection.until.holds(now)).or(self.lasting.as_ref())
    }

    /// The selection that a topic without one of its own uses: never one that was meant for a single turn up here.
    pub fn inherited(&self, now: Timestamp) -> Option<&Selection> {
        let passing = self.passing.as_ref().filter(|selection| selection.until != Until::NextTurn);
        passing.filter(|selection| selection.until.holds(now)).or(self.lasting.as_ref())
    }

    /// The same choice without a passing selection that has ended.
    fn at(&self, now: Timestamp) -> Self {
        let passing = self.passing.clone().filter(|selection| selection.until.holds(now));
        Self { lasting: self.lasting.clone(), passing }
    }
}

impl Session {
    /// The session of `key` before anything was chosen in it.
    pub fn new(key: SessionKey, now: Timestamp) -> Self {
        let parent = key.parent();
        Self {
            key,
            parent,
            choice: Choice::default(),
            previous: None,
            chosen: None,
            auto: None,
            events: Vec::new(),
            conversation: 0,
            revision: 0,
            created: now,
            updated: now,
        }
    }

    /// After `selection` was made: over the lasting one when it passes by itself, in its place when it does not.
    #[must_use]
    pub fn select(&self, selection: Selection, now: Timestamp) -> Self {
        let before = self.choice.at(now);
        let choice = match selection.until {
            Until::Changed => Choice { lasting: Some(selection), passing: None },
            Until::Time(_) | Until::NextTurn => Choice { lasting: before.lasting.clone(), passing: Some(selection) },
        };
        self.changed(choice, before, now)
    }

    /// After model and credential were dropped.
    #[must_use]
    pub fn drop_choice(&self, now: Timestamp) -> Self {
        self.changed(Choice::default(), self.choice.at(now), now)
    }

    /// After the last change was taken back; `None` when there is nothing to go back to. Twice leads back again.
    #[must_use]
    pub fn undo(&self, now: Timestamp) -> Option<Self> {
        let previous = self.previous.as_ref()?.at(now);
        // A selection for one turn that is used up has taken itself back.
        if previous == self.choice.at(now) {
            return None;
        }
        Some(self.changed(previous, self.choice.at(now), now))
    }

    /// After a new conversation was begun; pins go unless they are kept.
    #[must_use]
    pub fn begin(&self, keep_choice: bool, now: Timestamp) -> Self {
        let dropped = !keep_choice && self.choice != Choice::default();
        let base = if dropped { self.drop_choice(now) } else { self.clone() };
        Self { conversation: self.conversation + 1, chosen: Some(now), auto: None, updated: now, ..base }
    }

    /// After a turn that `used` was answered: a selection for one turn is used up, unless it was made meanwhile.
    #[must_use]
    pub fn answered(&self, used: Option<&Selection>, auto: Option<AutoChoice>, now: Timestamp) -> Self {
        let mut choice = self.choice.at(now);
        choice.passing = choice
            .passing
            .filter(|passing| passing.until != Until::NextTurn || !used.is_some_and(|used| used.is_choice_of(passing)));
        Self { choice, auto, updated: now, ..self.clone() }
    }

    fn changed(&self, choice: Choice, before: Choice, now: Timestamp) -> Self {
        Self { choice, previous: Some(before), chosen: Some(now), auto: None, updated: now, ..self.clone() }
    }
}

impl Until {
    /// Whether a selection with this end still counts at `now`.
    pub fn holds(self, now: Timestamp) -> bool {
        match self {
            Self::Changed | Self::NextTurn => true,
            Self::Time(end) => now < end,
        }
    }
}
