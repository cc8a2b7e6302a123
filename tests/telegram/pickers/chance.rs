//! Presses by chance, while everything changes.

use std::collections::BTreeSet;
use std::time::Duration;

use rstest::rstest;
use serde_json::{Map, Value, json};

use crate::support::bot::{Chat, stored};
use crate::support::catalogue::{self, models, profiles};
use crate::support::telegram::{Button, Dice, Pressed};
use crate::telegram::account::{Account, Pace, Stage, served, started};
use crate::telegram::pickers::printed::{Names, Printed};
use crate::telegram::pickers::walker::{SOON, Walker};

const PEOPLE: usize = 25;
/// How often the program is started anew, and how often each person presses in between.
const LIVES: usize = 5;
const ROUNDS: usize = 40;
/// How long it is from one press of somebody to the next.
const PAUSE: Duration = Duration::from_secs(15);
/// Longer than buttons work.
const STALE: Duration = Duration::from_hours(25);

/// Somebody, with every button that was ever shown there.
struct Presser {
    walker: Walker,
    seen: Vec<(i64, Button)>,
}

/// What somebody has pressed, and how things stood then.
struct Done {
    label: String,
    presses: Vec<String>,
    before: [String; 2],
    /// The menu, which was the last message.
    last: i64,
}

/// What has been taken out of the configuration and the auth store.
#[derive(Default)]
struct Gone {
    models: BTreeSet<String>,
    profiles: BTreeSet<String>,
    generation: usize,
}

/// What came of it all.
#[derive(Debug, Default)]
struct Tally {
    presses: usize,
    chosen: usize,
    refused: usize,
    slowest: Duration,
}

// Ten thousand presses take a core a minute.
#[rstest]
#[case(17)]
#[case(29)]
fn presses_by_chance_choose_what_is_printed_or_say_why_not(#[case] seed: u64) {
    let mut chat = started(catalogue::bot());
    let (stage, names) = (Stage::new(), Names::new());
    let (mut dice, mut gone, mut tally) = (Dice::new(seed), Gone::default(), Tally::default());
    let mut people: Vec<Presser> = Vec::new();
    for life in 0..LIVES {
        let store = chat.app().store();
        served(&chat, stage.clone(), Pace::Hurried, |mut account| {
            let (chat, names, dice, gone, tally, people) =
                (&chat, &names, &mut dice, &mut gone, &mut tally, &mut people);
            async move {
                if people.is_empty() {
                    let walkers =
                        (0..PEOPLE).map(|number| Walker::new(&account, 1_000 + i64::try_from(number).unwrap()));
                    people.extend(walkers.map(|walker| Presser { walker, seen: Vec::new() }));
                }
                for round in 0..ROUNDS {
                    // Whoever presses faster is told the same refusal ten times a minute, and no more.
                    chat.clock.advance(PAUSE);
                    ask_for_menus(&account, people, dice).await;
                    let mut done = Vec::with_capacity(PEOPLE);
                    let is_away = round == ROUNDS / 2;
                    if is_away {
                        account.stop().await;
                    }
                    for (number, presser) in people.iter_mut().enumerate() {
                        if number == PEOPLE / 2 && round % 3 == 1 {
                            change(chat, gone, dice);
                        }
                        let before = presser.walker.choice(&*store).await;
                        done.push(presser.press(&account, dice, before));
                    }
                    if is_away {
                        account.start();
                    }
                    account.settled().await;
                    for (presser, done) in people.iter().zip(done) {
                        let after = presser.walker.choice(&*store).await;
                        look(&account, names, &presser.walker, &done, &after, tally);
                    }
                }
                (account, ())
            }
        });
        if life % 3 == 1 {
            chat.clock.advance(STALE);
        }
        chat = chat.restart();
    }
    assert!(tally.presses >= 5_000 && tally.chosen >= 2_000 && tally.refused >= 100, "{tally:?}");
}

/// Who has no menu asks for one; now and then somebody else does.
async fn ask_for_menus(account: &Account, people: &mut [Presser], dice: &mut Dice) {
    let words = ["/model", "/model list", "/model profiles", "/model list openai 2"];
    for Presser { walker, .. } in people.iter() {
        if dice.roll(20) > 0 {
            continue;
        }
        walker.person.says(walker.room, words[dice.roll(words.len())]);
    }
    account.settled().await;
    for Presser { walker, seen } in people {
        let menu = match walker.menu(account) {
            Some(menu) => menu,
            None => walker.says(account, words[dice.roll(words.len())]).await,
        };
        seen.extend(menu.keyboard.into_iter().flatten().map(|button| (menu.id, button)));
    }
}

impl Presser {
    /// Presses a button of the menu, or one that was shown some time, once or twice in a row.
    fn press(&self, account: &Account, dice: &mut Dice, before: [String; 2]) -> Done {
        let Self { walker, seen } = self;
        let menu = walker.menu(account).expect("everybody has one");
        let shown = menu.keyboard.concat();
        let (message, button) = if dice.roll(12) == 0 {
            seen[dice.roll(seen.len())].clone()
        } else {
            (menu.id, shown[dice.roll(shown.len())].clone())
        };
        let times = if dice.roll(20) == 0 { 2 } else { 1 };
        let press = |_| walker.person.sends_press(walker.room, message, &button.token);
        Done { label: button.label, presses: (0..times).map(press).collect(), before, last: menu.id }
    }
}

/// What was printed is what is chosen now, or nothing has changed and it was said why.
#[track_caller]
fn look(account: &Account, names: &Names, walker: &Walker, done: &Done, after: &[String; 2], tally: &mut Tally) {
    let Done { label, presses, before, last } = done;
    let mut said = String::new();
    for press in presses {
        let Some(Pressed { after, text, .. }) = account.fake.press(press) else { panic!("{label}: no answer") };
        assert!(after < SOON, "{label}: {after:?}");
        tally.slowest = tally.slowest.max(after);
        said += &text;
    }
    tally.presses += presses.len();
    let [now, _] = after;
    let [was, undone] = before;
    let (model, pin) = now.split_once('@').unwrap_or((now, ""));
    let is_so = match names.read(label) {
        Printed::Model(wanted) => model == wanted,
        Printed::Profile(wanted) => pin == wanted,
        Printed::Default => now == "-",
        Printed::AnyProfile => pin.is_empty() && now != "-",
        Printed::Undo => now == undone || presses.len() > 1 && now == was,
        Printed::Way => {
            assert_eq!(now, was, "{label:?} only leads to another menu");
            return;
        }
    };
    if is_so {
        tally.chosen += 1;
        return;
    }
    tally.refused += 1;
    assert_eq!(now, was, "{label:?} was pressed");
    for shown in account.fake.answers(walker.room).iter().filter(|shown| shown.id >= *last) {
        said += &shown.text;
    }
    let said = said.to_lowercase();
    let words = ["nothing was changed", "nothing changed", "not allowed", "not in the auth store"];
    assert!(words.iter().any(|words| said.contains(words)), "{label:?} was pressed and nothing said: {said}");
}

/// Some models and profiles go, those that went before are back, aliases have other names, and the order is another.
fn change(chat: &Chat, gone: &mut Gone, dice: &mut Dice) {
    let (all_models, all_profiles) = (models(), profiles());
    let mut patch: Map<String, Value> =
        std::mem::take(&mut gone.models).into_iter().map(|model| (model, json!({}))).collect();
    gone.generation += 1;
    for number in 0..8 {
        let alias = Names::alias(number * 20, gone.generation);
        patch.insert(all_models[number * 20].clone(), json!({ "alias": alias }));
    }
    for _ in 0..20 {
        let model = all_models[dice.roll(all_models.len())].clone();
        patch.insert(model.clone(), Value::Null);
        gone.models.insert(model);
    }
    let order: Vec<&String> = (0..dice.roll(30)).map(|_| &all_profiles[dice.roll(all_profiles.len())]).collect();
    let order = if order.is_empty() { Value::Null } else { json!(order) };
    chat.change_config(json!({"agents": {"defaults": {"models": patch}}, "auth": {"order": {"anthropic": order}}}));
    chat.change_auth(|auth| {
        for id in std::mem::take(&mut gone.profiles) {
            auth["profiles"][&id] = stored(&id, "anthropic", json!({}), 0);
        }
        for _ in 0..5 {
            let id = all_profiles[dice.roll(all_profiles.len())].clone();
            auth["profiles"].as_object_mut().unwrap().shift_remove(&id);
            gone.profiles.insert(id);
        }
    });
}
