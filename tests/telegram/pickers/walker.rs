//! Somebody who goes through menus, one button after the other.

use std::time::{Duration, Instant};

use modelpin::agent::AgentId;
use modelpin::session::{Choice, SessionKey};
use modelpin::store::Store;
use modelpin_chat::Kind;

use crate::support::bot::{conversation, line};
use crate::support::telegram::{Person, Pressed, Room, Shown};
use crate::telegram::account::Account;
use crate::telegram::pickers::printed::{Names, Printed};

/// A press is to be answered within this.
pub(super) const SOON: Duration = Duration::from_secs(1);
/// How long a test waits at the most, by the clock on the wall.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(60);

/// A person in a private chat.
#[derive(Clone)]
pub(super) struct Walker {
    pub(super) person: Person,
    pub(super) room: Room,
    key: SessionKey,
}

impl Walker {
    pub(super) fn new(account: &Account, id: i64) -> Self {
        let person = account.fake.person(id, "One of many");
        let room = account.fake.private(&person, &account.bot);
        let place = conversation("telegram", Kind::Dm, &id.to_string(), None);
        Self { person, room, key: SessionKey::of(&AgentId::main(), &place, false) }
    }

    /// What is chosen, and what was before, each in one word.
    pub(super) async fn choice(&self, store: &dyn Store) -> [String; 2] {
        let Some(row) = store.load(&self.key).await.unwrap() else { return ["-", "-"].map(str::to_owned) };
        let word = |choice: Option<&Choice>| line(choice.and_then(|choice| choice.lasting.as_ref()));
        [word(Some(&row.choice)), word(row.previous.as_ref())]
    }

    /// The last message with buttons below it, if that is the last message.
    pub(super) fn menu(&self, account: &Account) -> Option<Shown> {
        account.fake.last_answer(self.room).filter(|shown| !shown.keyboard.is_empty())
    }

    /// Writes something, and waits for the menu that comes of it.
    pub(super) async fn says(&self, account: &Account, text: &str) -> Shown {
        let mut said = self.person.says(self.room, text);
        let begun = Instant::now();
        loop {
            match account.fake.last_answer(self.room).filter(|answer| answer.id > said) {
                Some(menu) if !menu.keyboard.is_empty() => return menu,
                // The disk was slower than time is here.
                Some(_) => said = self.person.says(self.room, text),
                None => tokio::time::sleep(LOOK).await,
            }
            assert!(begun.elapsed() < PATIENCE, "no menu for {text}");
        }
    }

    /// Presses the button that says `wanted`, and waits for the menu that comes of it.
    pub(super) async fn presses(&self, account: &Account, menu: &Shown, wanted: impl Fn(&str) -> bool) -> Shown {
        let button = menu.keyboard.iter().flatten().find(|button| wanted(button.label.trim_end_matches(" ✓")));
        let button = button.unwrap_or_else(|| panic!("no such button: {:?}", menu.labels()));
        let begun = Instant::now();
        loop {
            let press = self.person.sends_press(self.room, menu.id, &button.token);
            let Pressed { after, .. } = self.answered(account, &press).await;
            assert!(after < SOON, "{after:?}");
            while account.inbox.is_pending(&press) {
                assert!(begun.elapsed() < PATIENCE, "nothing comes of {button:?}");
                tokio::time::sleep(LOOK).await;
            }
            if let Some(menu) = self.menu(account) {
                return menu;
            }
            // The disk was slower than time is here; who presses once more gets the buttons.
            assert!(begun.elapsed() < PATIENCE, "no menu behind {button:?}");
        }
    }

    async fn answered(&self, account: &Account, press: &str) -> Pressed {
        let begun = Instant::now();
        loop {
            if let Some(pressed) = account.fake.press(press) {
                return pressed;
            }
            assert!(begun.elapsed() < PATIENCE, "a press is not answered");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Turns from this page to the last one, and calls `each` with every page; presses what that wants pressed, and comes
    /// back by the buttons that `back` names.
    pub(super) async fn reads(
        &self,
        account: &Account,
        names: &Names,
        first: Shown,
        wanted: &[Printed],
        back: impl AsyncFn(Shown, usize) -> Shown,
        store: &dyn Store,
    ) -> Vec<Printed> {
        let (mut menu, mut seen, mut page) = (first, Vec::new(), 0);
        loop {
            let here: Vec<Printed> = menu.labels().iter().map(|label| names.read(label)).collect();
            for item in wanted.iter().filter(|item| here.contains(item)) {
                let chosen = self.presses(account, &menu, |label| names.read(label) == *item).await;
                let [now, _] = self.choice(store).await;
                let is_so = match item {
                    Printed::Model(model) => now.split('@').next() == Some(model),
                    Printed::Profile(profile) => now.ends_with(&format!("@{profile}")),
                    Printed::Default | Printed::Undo | Printed::AnyProfile | Printed::Way => false,
                };
                assert!(is_so, "{item:?}: {now}");
                menu = back(chosen, page).await;
            }
            seen.extend(here);
            if !menu.labels().iter().any(|label| label == "Next page ▶") {
                return seen;
            }
            menu = self.presses(account, &menu, |label| label == "Next page ▶").await;
            page += 1;
        }
    }
}
