//! Events that are spoilt at random: whatever comes, nothing breaks and nothing is made up.

use std::sync::LazyLock;

use modelpin_chat::{Conversation, Event, Sender};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::Index;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::directory::Directory;
use crate::inbound::tests::{Case, cases, commands, directory, me};
use crate::inbound::{Awaited, Heard, hear, number, written};
use crate::way::Interaction;

/// The events of the files.
static CASES: LazyLock<Vec<Case>> = LazyLock::new(cases);

/// What the gateway said of the server.
static DIRECTORY: LazyLock<Directory> = LazyLock::new(directory);

/// One change to an event.
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
        (-2..22_i64).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<u64>().prop_map(|id| Value::from(id.to_string())),
        any::<f64>().prop_map(Value::from),
        ".{0,9}".prop_map(Value::from),
        "(<@!?7001>|<@&55>|<@|/model|🦀)?(>| |:)?".prop_map(Value::from),
        "(7001|500|200|100|0)".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!({"id": "7001"})),
    ];
    let change = prop_oneof![
        3 => value.prop_map(Change::Replace),
        1 => Just(Change::Remove),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(case, at)| Change::Graft(case, at)),
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

fn change(data: &mut Value, at: Index, change: &Change) {
    let places = places(data);
    let at = at.get(&places);
    match change {
        Change::Replace(value) => {
            if let Some(place) = data.pointer_mut(at) {
                *place = value.clone();
            }
        }
        Change::Remove => {
            let parent = at.rsplit_once('/').and_then(|(parent, name)| Some((data.pointer_mut(parent)?, name)));
            if let Some((Value::Object(fields), name)) = parent {
                fields.shift_remove(name);
            }
        }
        Change::Graft(from, place) => {
            let from = &from.get(&CASES).data;
            let places = self::places(from);
            let graft = from.pointer(place.get(&places).as_str()).cloned();
            if let Some((place, graft)) = data.pointer_mut(at).zip(graft) {
                *place = graft;
            }
        }
    }
}

/// Whether `id` is the text somewhere in `data`.
fn stands_in(data: &Value, id: &str) -> bool {
    match data {
        Value::String(text) => text == id,
        Value::Array(values) => values.iter().any(|value| stands_in(value, id)),
        Value::Object(fields) => fields.values().any(|value| stands_in(value, id)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_of(interaction: &Interaction, data: &Value) -> bool {
    data["id"].as_str() == Some(&*interaction.id.get().to_string())
        && data["token"].as_str() == Some(interaction.token.expose_secret())
        && data["application_id"].as_str() == Some(&*interaction.application.get().to_string())
}

/// Whether what is said of the place and the person stands in the event, or in what is known of the server.
fn is_told(conversation: &Conversation, sender: &Sender, data: &Value) -> bool {
    let is_known = |peer: &str| ["100", "102", "110", "111"].contains(&peer);
    let is_placed =
        stands_in(data, &conversation.peer) || (conversation.thread.is_some() && is_known(&conversation.peer));
    is_placed && stands_in(data, &sender.id) && sender.roles.iter().all(|role| stands_in(data, role))
}

proptest! {
    #[test]
    fn whatever_comes_nothing_breaks_and_nothing_is_made_up(of in any::<Index>(), changes in changes()) {
        let Case { event, data, .. } = of.get(&CASES);
        let mut data = data.clone();
        for (at, what) in &changes {
            change(&mut data, *at, what);
        }
        let text = written(&data).unwrap_or_default();
        match hear(event, &data, &me(), "default", &commands(), &DIRECTORY) {
            Some(Heard::Said(said)) => {
                let inbound = said.inbound;
                prop_assert_eq!(inbound.id, number(&data).map(|id| id.to_string()));
                prop_assert!(is_told(&inbound.conversation, &inbound.sender, &data), "{data}");
                prop_assert_eq!(data["channel_id"].as_str(), Some(&*said.way.channel.get().to_string()));
                prop_assert_eq!(said.way.message.is_some(), said.way.interaction.is_none());
                prop_assert!(said.way.interaction.is_none_or(|interaction| is_of(&interaction, &data)));
                match inbound.event {
                    Event::Message(heard) => {
                        prop_assert!(data["content"].as_str().is_some_and(|content| content.ends_with(&heard)));
                        prop_assert!(data["author"]["bot"] != true && data["webhook_id"].is_null());
                        prop_assert!(data["author"]["id"] != "7001");
                    }
                    Event::Forwarded(heard) => prop_assert!(text.contains(&heard), "{heard:?} in {data}"),
                    Event::Press(token) => prop_assert!(stands_in(&data["data"], &token), "{token:?} in {data}"),
                    Event::Command(invocation) => {
                        prop_assert_eq!(data["data"]["name"].as_str(), Some(&*invocation.command));
                        prop_assert!(invocation.subcommand.is_none_or(|name| stands_in(&data["data"], &name)));
                    }
                }
            }
            Some(Heard::Completion(asked)) => {
                prop_assert!(is_of(&asked.interaction, &data) && data["type"] == 4);
                let request = asked.request;
                prop_assert!(is_told(&request.conversation, &request.sender, &data), "{data}");
                prop_assert!(request.invocation.value(&request.parameter).is_some());
            }
            Some(Heard::Stray(interaction)) => prop_assert!(is_of(&interaction, &data) && data["type"] != 4),
            Some(Heard::Unplaced(unplaced)) => match unplaced.awaited {
                Awaited::Acknowledgement(interaction) => prop_assert!(is_of(&interaction, &data) && data["type"] != 4),
                Awaited::Proposals => prop_assert!(data["type"] == 4),
                Awaited::Nothing => prop_assert!(data.get("content").is_some()),
            },
            None => {}
        }
    }
}
