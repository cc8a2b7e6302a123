//! What has to follow from each change, by the rules of the contract alone.

use crate::support::bot::SONNET;

/// A model, and the credential that is pinned to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) model: &'static str,
    pub(super) pin: Option<&'static str>,
}

/// How long a choice is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Lasting,
    Once,
    /// So long that no test sees its end.
    Hours,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct State {
    lasting: Option<Wanted>,
    passing: Option<(Wanted, Holds)>,
}

/// What is chosen in one session.
#[derive(Debug, Clone, Default)]
pub(super) struct Expected {
    now: State,
    before: Option<State>,
}

pub(super) fn provider(model: &str) -> &str {
    model.split_once('/').expect("a provider and a model").0
}

impl Expected {
    /// The session's own choice.
    fn own(&self) -> Option<&Wanted> {
        self.now.passing.as_ref().map(|(wanted, _)| wanted).or(self.now.lasting.as_ref())
    }

    /// The choice in effect in a topic of `above`.
    pub(super) fn effective(&self, above: Option<&Self>) -> Wanted {
        let inherited = || {
            let state = &above?.now;
            let passing = state.passing.as_ref().filter(|(_, holds)| *holds != Holds::Once);
            passing.map(|(wanted, _)| wanted).or(state.lasting.as_ref())
        };
        self.own().or_else(inherited).cloned().unwrap_or(Wanted { model: SONNET, pin: None })
    }

    /// `model` alone keeps the pin of the present choice where the provider stays.
    pub(super) fn keeping(&self, above: Option<&Self>, model: &'static str) -> Wanted {
        let present = self.effective(above);
        let pin = present.pin.filter(|_| provider(present.model) == provider(model));
        Wanted { model, pin }
    }

    pub(super) fn select(&mut self, wanted: Wanted, holds: Holds) {
        let lasting = self.now.lasting.clone();
        let next = match holds {
            Holds::Lasting => State { lasting: Some(wanted), passing: None },
            Holds::Once | Holds::Hours => State { lasting, passing: Some((wanted, holds)) },
        };
        self.before = Some(std::mem::replace(&mut self.now, next));
    }

    pub(super) fn drop_choice(&mut self) {
        self.before = Some(std::mem::take(&mut self.now));
    }

    /// What was chosen for one message and is used up has taken itself back.
    pub(super) fn can_undo(&self) -> bool {
        self.before.as_ref().is_some_and(|before| *before != self.now)
    }

    pub(super) fn undo(&mut self) {
        let before = self.before.take().expect("something was changed");
        self.before = Some(std::mem::replace(&mut self.now, before));
    }

    /// A message was answered by the choice in effect.
    pub(super) fn answered(&mut self) {
        self.now.passing.take_if(|(_, holds)| *holds == Holds::Once);
    }
}
