//! Updates that are spoilt at random: whatever comes, nothing breaks and nothing is made up.

use std::sync::LazyLock;

use modelpin_chat::Event;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::inbound::tests::{cases, me};
use crate::inbound::{Heard, hear, written};

/// The updates of the files.
static UPDATES: LazyLock<Vec<Value>> = LazyLock::new(|| cases().into_iter().map(|case| case.update).collect());

/// One change to an update.
#[derive(Debug, Clone)]
enum Change {
    /// Something else in the place of a value.
    Replace(Value),
    /// A value taken away.
    Remove,
    /// A value taken from elsewhere in the files.
    Graft(Index, Index),
}

fn changes() -> impl Strategy<Value = Vec<(Index, Change)>> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-2..9_i64).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,9}".prop_map(Value::from),
        "(@PinBot|/model@PinBot|🦀)?".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([{"type": "mention", "offset": 1, "length": 7}])),
    ];
    let change = prop_oneof![
        3 => value.prop_map(Change::Replace),
        1 => Just(Change::Remove),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(update, at)| Change::Graft(update, at)),
    ];
    vec((any::<Index>(), change), 1..5)
}

/// The places in a value, as JSON pointers; its root last.
fn places(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, places: &mut Vec<String>) {
        match value {
            Value::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    walk(value, &format!("{at}/{index}"), places);
                }
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    walk(value, &format!("{at}/{name}"), places);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        places.push(at.to_owned());
    }
    let mut places = Vec::new();
    walk(value, "", &mut places);
    places
}

fn change(update: &mut Value, at: Index, change: &Change) {
    let places = places(update);
    let at = at.get(&places);
    match change {
        Change::Replace(value) => {
            if let Some(place) = update.pointer_mut(at) {
                *place = value.clone();
            }
        }
        Change::Remove => {
            let parent = at.rsplit_once('/').and_then(|(parent, name)| Some((update.pointer_mut(parent)?, name)));
            if let Some((Value::Object(fields), name)) = parent {
                fields.shift_remove(name);
            }
        }
        Change::Graft(from, place) => {
            let from = from.get(&UPDATES);
            let places = self::places(from);
            let graft = from.pointer(place.get(&places).as_str()).cloned();
            if let Some((place, graft)) = update.pointer_mut(at).zip(graft) {
                *place = graft;
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_comes_nothing_breaks_and_nothing_is_made_up(of in any::<Index>(), changes in changes()) {
        let mut update = of.get(&UPDATES).clone();
        for (at, what) in &changes {
            change(&mut update, *at, what);
        }
        let text = written(&update);
        match hear(&update, &me(), "default") {
            Some(Heard::Said(said)) => {
                let inbound = said.inbound;
                prop_assert_eq!(inbound.id, update["update_id"].as_u64().map(|id| id.to_string()));
                let (Event::Message(heard) | Event::Forwarded(heard) | Event::Press(heard)) = inbound.event else {
                    return Err(TestCaseError::fail("Telegram has no forms"));
                };
                prop_assert!(text.is_some_and(|text| text.contains(&heard)), "{heard:?} in {update}");
                prop_assert!(!inbound.sender.id.is_empty() && !inbound.conversation.peer.is_empty());
                prop_assert_eq!(said.way.message.is_some(), said.way.press.is_none());
            }
            Some(Heard::Stray(query)) => prop_assert_eq!(Some(&*query.0), update["callback_query"]["id"].as_str()),
            Some(Heard::Moved { from, to }) => {
                let chat = update.pointer("/message/chat/id").or(update.pointer("/channel_post/chat/id"));
                prop_assert!([from.0, to.0].into_iter().any(|id| chat.is_some_and(|chat| *chat == json!(id))));
            }
            None => {}
        }
    }
}
