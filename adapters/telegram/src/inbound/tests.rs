//! Every file of `fixtures/telegram/inbound`: an update as the Bot API writes it, and what is heard in it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod mutations;

use std::fs;
use std::path::Path;

use modelpin_chat::{Conversation, Event, Inbound, Sender, Thread};
use serde_json::{Map, Value, json};
use teloxide::types::{Update, UpdateKind};

use crate::inbound::{Heard, Me, Press, Said, Way, hear, written};

/// What the operator calls the bot that the fixtures are read for.
const ACCOUNT: &str = "default";

/// Cases that only the reader here hears as meant, and not the library's types.
const BEYOND_THE_LIBRARY: [&str; 4] =
    ["malformed-message", "malformed-press", "message-with-date", "update-of-tomorrow"];

/// One file.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// The file's name without `.json`.
    #[serde(skip)]
    pub(super) name: String,
    /// What it shows.
    about: String,
    /// The update.
    pub(super) update: Value,
    /// What is heard in it.
    heard: Value,
}

pub(super) fn me() -> Me {
    Me { id: 7001, username: "PinBot".to_owned() }
}

/// All cases, by their names.
pub(super) fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/telegram/inbound");
    let mut cases = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let read: Result<Case, _> = serde_json::from_str(&fs::read_to_string(&path).unwrap());
            cases.push(Case { name, ..read.unwrap_or_else(|fault| panic!("{}: {fault}", path.display())) });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

#[test]
fn every_update_is_heard_as_its_file_says() {
    let cases = cases();
    assert!(cases.len() >= 50, "only {} files", cases.len());
    for case in &cases {
        let heard = hear(&case.update, &me(), ACCOUNT).map_or(Value::Null, |heard| shown(&heard));
        assert_eq!(heard, case.heard, "{}: {}\n{heard:#}", case.name, case.about);
    }
}

#[test]
fn what_the_engine_is_given_is_looked_through_for_secrets() {
    for case in cases() {
        let Some(Heard::Said(said)) = hear(&case.update, &me(), ACCOUNT) else { continue };
        let (Event::Message(text) | Event::Forwarded(text) | Event::Press(text)) = said.inbound.event else { continue };
        assert!(written(&case.update).unwrap().contains(&text), "{}", case.name);
    }
}

/// Guards the files against being nothing that Telegram would write.
#[test]
fn the_library_knows_the_updates_of_the_files_too() {
    for case in cases() {
        // From text: out of a `Value` the library reads no update at all.
        let read: Result<Update, _> = serde_json::from_str(&case.update.to_string());
        let knows = read.is_ok_and(|update| match update.kind {
            UpdateKind::Error(_) => false,
            // It takes a message that it cannot read for an empty one.
            UpdateKind::Message(message) => {
                message.text().map(Value::from).as_ref() == case.update["message"].get("text")
            }
            _ => true,
        });
        assert_eq!(knows, !BEYOND_THE_LIBRARY.contains(&case.name.as_str()), "{}", case.name);
    }
}

/// What was heard, in the words of the files. Fields that say nothing are left out.
fn shown(heard: &Heard) -> Value {
    match heard {
        Heard::Said(said) => {
            let Said { inbound, way } = &**said;
            json!({ "inbound": inbound_shown(inbound), "way": way_shown(way) })
        }
        Heard::Stray(query) => json!({ "stray": query.0 }),
        Heard::Moved { from, to } => json!({ "moved": { "from": from.0, "to": to.0 } }),
    }
}

fn inbound_shown(inbound: &Inbound) -> Value {
    let Inbound { conversation, room: _, sender, bot, addressed, id, event } = inbound;
    let Conversation { channel, account, kind, peer, thread } = conversation;
    let Sender { id: sender, name, roles: _ } = sender;
    assert_eq!((channel.as_str(), account.as_str(), bot.as_str()), ("telegram", ACCOUNT, "PinBot"));
    let (what, text) = match event {
        Event::Message(text) => ("message", text),
        Event::Forwarded(text) => ("forwarded", text),
        Event::Press(token) => ("press", token),
        Event::Command(invocation) => ("command", &invocation.command),
    };
    filled(vec![
        ("id", json!(id)),
        ("kind", json!(kind.as_str())),
        ("peer", json!(peer)),
        (
            "thread",
            match thread {
                Some(Thread::Topic(id)) => json!(format!("topic:{id}")),
                Some(Thread::Thread(id)) => json!(format!("thread:{id}")),
                None => Value::Null,
            },
        ),
        ("sender", json!(sender)),
        ("name", json!(name)),
        ("addressed", json!(addressed)),
        (what, json!(text)),
    ])
}

fn way_shown(way: &Way) -> Value {
    let Way { chat, thread, message, press } = way;
    let press = press.as_ref().map(|Press { query, message }| {
        filled(vec![("query", json!(query.0)), ("message", json!(message.map(|id| id.0)))])
    });
    filled(vec![
        ("chat", json!(chat.0)),
        ("thread", json!(thread.map(|id| id.0.0))),
        ("message", json!(message.map(|id| id.0))),
        ("press", json!(press)),
    ])
}

fn filled(fields: Vec<(&str, Value)>) -> Value {
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}
