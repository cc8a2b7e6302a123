//! The acceptance test: what was confirmed is what goes on the wire, and what the receipt says.
//!
//! 1,000 random changes over 50 sessions, by every way there is to make one, in conversations that run side by side. A
//! small model of the rules, written down here once more, says what each confirmation has to name; the request that
//! follows has to carry exactly that, and so has its receipt.

pub(super) mod dice;
mod expected;
mod person;

use std::collections::HashMap;

use futures_util::future::join_all;
use serde_json::json;

use crate::engine::proof::person::{Asked, Person};
use crate::support::bot::{Bot, Chat};

/// Conversations that share no session, some with topics: 50 sessions in all.
const DMS: usize = 32;
const GROUPS: usize = 6;
const TOPICS: usize = 2;
/// Changes per session.
const CHANGES: usize = 20;
/// The engines are ended and started anew after each round.
const ROUNDS: usize = 4;

const PROFILES: &str = "anthropic:default anthropic:work anthropic:Me+tag openai:default openai:team";

fn bot() -> Bot {
    let order = json!({"auth": {"order": {
        "anthropic": ["anthropic:default", "anthropic:work", "anthropic:Me+tag"],
        "openai": ["openai:default", "openai:team"],
    }}});
    Bot::new().profiles(PROFILES).config(order)
}

fn people() -> Vec<Person> {
    let dms = (0..DMS).map(|number| Person::alone(["telegram", "discord", "terminal"][number % 3], number));
    let groups = (0..GROUPS).map(|number| Person::in_group(["telegram", "discord"][number % 2], number, TOPICS));
    dms.chain(groups).collect()
}

#[test]
fn what_was_confirmed_is_what_goes_on_the_wire_and_what_the_receipt_says() {
    let mut chat = bot().start();
    let mut people = people();
    assert_eq!(people.iter().map(Person::sessions).sum::<usize>(), 50);
    for _ in 0..ROUNDS {
        let engine = chat.app().engine();
        chat.run(join_all(people.iter_mut().map(|person| person.changes(&*engine, CHANGES / ROUNDS))));
        chat = chat.restart();
    }
    let changes: usize = people.iter().map(|person| person.confirmed).sum();
    assert!(changes >= 1_000, "{changes}");
    compare(&chat, &people);
    for person in &people {
        chat.note(&person.heard, &[]);
    }
}

/// Each request against what was confirmed last before it, and against its receipt.
fn compare(chat: &Chat, people: &[Person]) {
    let mut wire: HashMap<String, (String, String, String)> = HashMap::new();
    for seen in chat.provider().seen() {
        let text = seen.body["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned();
        let profile = seen.profile.expect("a known credential").to_string();
        let model = format!("{}/{}", seen.provider, seen.model);
        let request = (model, profile, seen.fingerprint.unwrap().to_string());
        assert_eq!(wire.insert(text.clone(), request), None, "{text} was sent twice");
    }
    let asked: Vec<&Asked> = people.iter().flat_map(|person| &person.asked).collect();
    assert_eq!(wire.len(), asked.len(), "one request for each message");
    assert!(asked.len() >= 1_000, "{}", asked.len());
    for Asked { text, confirmed, receipt } in asked {
        let (model, profile, fingerprint) = &wire[text];
        assert_eq!((model, profile), (&confirmed.0, &confirmed.1), "{text}: the wire and the confirmation differ");
        let said = (receipt["model"].as_str(), receipt["profile"].as_str(), receipt["fingerprint"].as_str());
        assert_eq!(
            said,
            (Some(model.as_str()), Some(profile.as_str()), Some(fingerprint.as_str())),
            "{text}: {receipt}"
        );
    }
}
