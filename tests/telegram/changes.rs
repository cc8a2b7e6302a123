//! What one person chooses in one place, in an order in which nothing may be left out, swapped or done twice unseen.

use std::fmt::Write as _;

use modelpin::session::{Choice, Session};

use crate::support::telegram::{Dice, Person, Room, Shown, TelegramFake};

/// A model and a profile.
type Pair = (String, String);

/// Random choices, now and then taken back. Taking back twice leads back again, so one too many shows.
pub(crate) struct Changes {
    person: Person,
    pub(crate) room: Room,
    /// Something is written in each so many-th round.
    every: usize,
    dice: Dice,
    models: Vec<String>,
    profiles: Vec<String>,
    /// What was chosen after each of them, when each is carried out once and in order.
    states: Vec<Pair>,
    previous: Option<Pair>,
    /// The numbers of the messages.
    written: Vec<i64>,
}

impl Changes {
    pub(crate) fn new(person: Person, room: Room, every: usize, seed: u64, models: &[&str], profiles: &[&str]) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let (models, profiles) = (owned(models), owned(profiles));
        let dice = Dice::new(seed);
        Self { person, room, every, dice, models, profiles, states: Vec::new(), previous: None, written: Vec::new() }
    }

    /// Writes what comes next.
    pub(crate) fn write(&mut self, round: usize) {
        if round % self.every != usize::try_from(self.person.id.unsigned_abs()).unwrap() % self.every {
            return;
        }
        let current = self.states.last().cloned();
        let taken_back = self.previous.clone().filter(|_| self.dice.below(4) == 0);
        let (text, state) = if let Some(previous) = taken_back {
            ("/model undo".to_owned(), previous)
        } else {
            let next = self.another(current.as_ref());
            (format!("/model {}@{}", next.0, next.1), next)
        };
        self.previous = current;
        self.states.push(state);
        self.written.push(self.person.says(self.room, &text));
    }

    /// A pair that is not the present one.
    fn another(&mut self, current: Option<&Pair>) -> Pair {
        loop {
            let pick = |dice: &mut Dice, names: &[String]| names[dice.roll(names.len())].clone();
            let pair = (pick(&mut self.dice, &self.models), pick(&mut self.dice, &self.profiles));
            if current != Some(&pair) {
                return pair;
            }
        }
    }

    /// What stands is what comes of carrying out each once and in order; each was answered; and what was said followed
    /// what was chosen, never back.
    pub(crate) fn check(&self, fake: &TelegramFake, session: &Session) {
        let said: Vec<Shown> = fake.answers(self.room);
        let told = || self.told(fake, &said);
        assert_eq!(session.revision, self.states.len() as u64, "each is carried out once\n{}", told());
        assert_eq!(pair(&session.choice).as_ref(), self.states.last(), "{}", told());
        assert_eq!(session.previous.as_ref().and_then(pair), self.previous, "{}", told());
        assert!(said.len() >= self.states.len(), "one was not answered\n{}", told());
        let mut at = 0;
        for shown in &said {
            let names =
                |(model, profile): &&Pair| shown.text.contains(model.as_str()) && shown.text.contains(profile.as_str());
            let ahead = self.states[at..].iter().position(|state| names(&state));
            at += ahead.unwrap_or_else(|| panic!("{:?} comes too late or never was\n{}", shown.text, told()));
        }
        assert!(said.last().is_some_and(|last| self.states.last().is_some_and(|state| last.text.contains(&state.1))));
        if self.room.with.is_none() {
            // Where many write, it is seen what was answered.
            let is_answered = |id: &&i64| said.iter().any(|shown| shown.reply_to == Some(**id));
            let open: Vec<&i64> = self.written.iter().filter(|id| !is_answered(id)).collect();
            assert!(open.is_empty(), "{open:?} were not answered\n{}", told());
        }
    }

    /// Whether each was answered.
    pub(crate) fn are_answered(&self, fake: &TelegramFake) -> bool {
        fake.answers(self.room).len() >= self.states.len()
    }

    /// What stands is what comes of the first so many, and what was confirmed last is among them.
    pub(crate) fn stand(&self, fake: &TelegramFake, session: Option<&Session>) {
        let made = session.map_or(0, |session| usize::try_from(session.revision).unwrap());
        assert!(made <= self.states.len(), "{made}: {}", self.told(fake, &[]));
        let stands = session.and_then(|session| pair(&session.choice));
        assert_eq!(stands.as_ref(), self.states[..made].last(), "{}", self.told(fake, &[]));
        if let Some(last) = fake.answers(self.room).last() {
            let confirmed = self.states[..made]
                .iter()
                .any(|(model, profile)| last.text.contains(model.as_str()) && last.text.contains(profile.as_str()));
            assert!(confirmed, "confirmed and lost: {:?}\n{}", last.text, self.told(fake, &[]));
        }
    }

    /// Everything, for who reads why a test stopped.
    fn told(&self, fake: &TelegramFake, said: &[Shown]) -> String {
        let mut told = format!("{:?}: written {:?}\n", self.room, self.written);
        for (number, state) in self.states.iter().enumerate() {
            writeln!(told, "chosen {number}: {state:?}").unwrap();
        }
        for shown in said {
            writeln!(told, "said at {:.1} s: {:?}", shown.sent.as_secs_f64(), shown.text).unwrap();
        }
        let calls = fake.calls();
        for call in calls.iter().filter(|call| call.int("chat_id") == Some(self.room.chat)) {
            writeln!(told, "{}", call.line()).unwrap();
        }
        told
    }
}

/// The lasting choice.
fn pair(choice: &Choice) -> Option<Pair> {
    let selection = choice.lasting.as_ref()?;
    Some((selection.model.as_ref()?.to_string(), selection.pin.as_ref()?.profile.to_string()))
}
