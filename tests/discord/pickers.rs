//! A catalogue of five thousand models and forty profiles: everything is reached by menus, and what is proposed is exact.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use modelpin::store::Store;
use serde_json::{Map, Value, json};

use crate::discord::account::{Account, on_discord_with};
use crate::discord::conversation::key;
use crate::support::bot::Bot;
use crate::support::discord::{Person, Place, Shown};
use crate::support::telegram::Dice;

const MODELS: usize = 5_000;
const PROFILES: usize = 40;
const NEXT: &str = "Next page ▶";

fn models() -> Vec<String> {
    let provider = |number: usize| if number.is_multiple_of(2) { "anthropic" } else { "openai" };
    (0..MODELS).map(|number| format!("{}/series-{}-{number:04}", provider(number), number % 7)).collect()
}

fn profiles() -> Vec<String> {
    (0..PROFILES).map(|number| format!("anthropic:key-{number:02}")).collect()
}

fn bot() -> Bot {
    let all: Map<String, Value> = models().into_iter().map(|model| (model, json!({}))).collect();
    Bot::new()
        .profiles(&format!("{} openai:default", profiles().join(" ")))
        .config(json!({"agents": {"defaults": {"models": all, "model": {"primary": "anthropic/series-0-0000"}}}}))
}

/// Somebody in a private chat with the bot.
struct Walker<'a> {
    account: &'a Account,
    person: Person,
    place: Place,
}

impl Walker<'_> {
    async fn opens(&self, sub: &str, values: &[(&str, &str)]) -> Shown {
        let slash = self.person.slash(self.place, "model", Some(sub), values);
        let menu = self.account.fake.until("a menu", || slash.original()).await;
        assert!(!menu.lists.is_empty(), "{menu:?}");
        menu
    }

    /// Presses something, and waits for what comes in the place of the menu.
    async fn presses(&self, menu: &Shown, label: &str) -> Shown {
        let (fake, begun) = (&self.account.fake, Instant::now());
        let press = self.person.presses(self.place, menu, label);
        let shown = fake
            .until("what comes of a press", || {
                let now = press.original()?;
                (labels(&now) != labels(menu) || now.text != menu.text).then_some(now)
            })
            .await;
        assert!(begun.elapsed() < Duration::from_secs(1), "{label}: {:?}", begun.elapsed());
        shown
    }

    /// Takes an entry, and waits for the confirmation.
    async fn takes(&self, menu: &Shown, label: &str) {
        let last = || self.account.fake.answers(self.place).iter().map(|shown| shown.id).max();
        let before = last();
        self.person.presses(self.place, menu, label);
        self.account.fake.until("a confirmation", || (last() > before).then_some(())).await;
        self.account.settled().await;
    }

    /// What is chosen: the model and the credential.
    async fn chosen(&self, store: &dyn Store, clock: &dyn modelpin::clock::Clock) -> (String, String) {
        let row = store.load(&key(self.place, &self.person)).await.unwrap();
        let chosen = row.and_then(|row| row.choice.effective(clock.now()).cloned());
        let model = chosen.as_ref().and_then(|chosen| chosen.model.as_ref()).map(ToString::to_string);
        let pin = chosen.and_then(|chosen| chosen.pin).map(|pin| pin.profile.to_string());
        (model.unwrap_or_default(), pin.unwrap_or_default())
    }
}

fn labels(shown: &Shown) -> Vec<String> {
    shown.lists.iter().flat_map(|(_, _, entries)| entries.iter().map(|(label, _)| label.clone())).collect()
}

#[test]
fn everything_in_a_large_catalogue_is_reached_by_menus() {
    on_discord_with(bot(), |account, store, clock| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let person = fake.person(42, "Ann");
        let walker = Walker { account: &account, place: fake.dm(&person), person };
        let mut seen = BTreeSet::new();
        for provider in ["anthropic", "openai"] {
            let mut menu = walker.opens("list", &[("provider", provider)]).await;
            let mut pages = 0;
            loop {
                for label in labels(&menu).into_iter().filter(|label| label.contains("series-")) {
                    let number = label.trim_end_matches(" ✓").rsplit('-').next().unwrap().to_owned();
                    seen.insert((provider, number));
                }
                if pages % 25 == 3 {
                    // What is printed is what it does.
                    let label = labels(&menu)[pages % 7].clone();
                    walker.takes(&menu, &label).await;
                    let (model, _) = walker.chosen(&*store, &*clock).await;
                    let printed = label.trim_end_matches(" ✓").rsplit(' ').next().unwrap();
                    assert!(model.ends_with(printed.rsplit('/').next().unwrap()), "{label}: {model}");
                    let page = (pages + 1).to_string();
                    menu = walker.opens("list", &[("provider", provider), ("page", &page)]).await;
                }
                if !menu.buttons.iter().any(|(label, _)| label == NEXT) {
                    break;
                }
                menu = walker.presses(&menu, NEXT).await;
                pages += 1;
            }
        }
        assert_eq!(seen.len(), MODELS);
        let slash = walker.person.slash(walker.place, "model", Some("set"), &[("model", "anthropic/series-0-0000")]);
        fake.until("a confirmation", || slash.original()).await;
        let mut pinned = BTreeSet::new();
        let mut page = 1;
        loop {
            let menu = walker.opens("profiles", &[("page", &page.to_string())]).await;
            for label in labels(&menu) {
                let menu = walker.opens("profiles", &[("page", &page.to_string())]).await;
                let label =
                    labels(&menu).into_iter().find(|now| now.trim_end_matches(" ✓") == label.trim_end_matches(" ✓"));
                let label = label.unwrap();
                walker.takes(&menu, &label).await;
                let (_, pin) = walker.chosen(&*store, &*clock).await;
                assert!(label.contains(&pin), "{label}: {pin}");
                pinned.insert(pin);
            }
            if !menu.buttons.iter().any(|(label, _)| label == NEXT) {
                break;
            }
            page += 1;
        }
        assert_eq!(pinned.len(), PROFILES);
        account
    });
}

#[test]
fn what_is_proposed_while_somebody_types_is_exact_and_soon_there() {
    on_discord_with(bot(), |account, store, clock| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let person = fake.person(42, "Ann");
        let walker = Walker { account: &account, place: fake.dm(&person), person };
        let (mut dice, all) = (Dice::new(7), models());
        let form = ("model", Some("set"));
        for round in 0..200 {
            let whole = &all[dice.roll(MODELS)];
            let (_, id) = whole.split_once('/').unwrap();
            let typed: String = match round % 4 {
                0 => id.chars().take(1 + dice.roll(id.len())).collect(),
                1 => id.chars().skip(dice.roll(id.len())).collect(),
                2 => whole.to_uppercase(),
                _ => id.to_owned(),
            };
            let begun = Instant::now();
            let proposed = walker.person.types(&fake, walker.place, form, &[], ("model", &typed)).await;
            assert!(begun.elapsed() < Duration::from_secs(1), "{typed}: {:?}", begun.elapsed());
            assert!(!proposed.is_empty() && proposed.len() <= 25, "{typed}: {proposed:?}");
            let is_like = |(_, value): &(String, String)| value.contains(&typed.to_lowercase());
            assert!(proposed.iter().all(is_like), "{typed}: {proposed:?}");
            if round % 4 >= 2 {
                assert_eq!(proposed[0].1, *whole, "{typed}: {proposed:?}");
            }
            if round % 10 == 0 {
                let (_, value) = &proposed[dice.roll(proposed.len())];
                let slash = walker.person.slash(walker.place, "model", Some("set"), &[("model", value)]);
                fake.until("a confirmation", || slash.original()).await;
                account.settled().await;
                assert_eq!(walker.chosen(&*store, &*clock).await.0, *value);
            }
        }
        let filled = [("model", "anthropic/series-0-0000")];
        let proposed = walker.person.types(&fake, walker.place, form, &filled, ("profile", "key-3")).await;
        let values: Vec<&str> = proposed.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values.len(), 10, "{values:?}");
        assert!(values.iter().all(|value| value.starts_with("anthropic:key-3")), "{values:?}");
        account
    });
}
