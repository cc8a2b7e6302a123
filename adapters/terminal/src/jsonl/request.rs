//! One line of input.

use std::fmt;
use std::str;

use modelpin_chat::{Conversation, Event, Inbound, Kind, Sender, Thread, UnknownKind, without_mention};
use serde::de::{Deserialize, Deserializer, Unexpected, Visitor};

use crate::lines::{LONGEST, Line};
use crate::person::{ACCOUNT, CHANNEL, OWNER};

/// What to type, told with every line that cannot be read.
const SAMPLE: &str = r#"write one JSON object on each line, such as {"text":"hello"}"#;

/// The fields of a line. Every one but `text` and `press` has a default; one of these two has to be there.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    channel: Option<String>,
    account: Option<Id>,
    kind: Option<String>,
    chat: Option<Id>,
    thread: Option<Id>,
    sender: Option<Id>,
    name: Option<String>,
    bot: Option<String>,
    text: Option<String>,
    press: Option<String>,
}

/// An id of a platform: text, or the whole number that most of them are.
#[derive(Debug)]
struct Id(String);

/// Reads a line: what was done, `None` for a blank line, or what is wrong with it and what to type instead.
pub(crate) fn read(line: &Line, first: bool, bot: &str) -> Result<Option<Inbound>, String> {
    let bytes = match line {
        Line::Bytes(bytes) => bytes,
        Line::TooLong => return Err(format!("column {}: longer than 1 MiB; {SAMPLE}", LONGEST + 1)),
    };
    let text = str::from_utf8(bytes)
        .map_err(|fault| format!("column {}: not UTF-8; {SAMPLE}", column(bytes, fault.valid_up_to())))?;
    // Editors on some systems begin a file with a byte order mark.
    let text = if first { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
    let Some(start) = text.find(|c: char| !c.is_ascii_whitespace()) else { return Ok(None) };
    // Without this, a JSON array would be read as the fields in their order.
    if !text[start..].starts_with('{') {
        return Err(format!("column {}: no JSON object; {SAMPLE}", column(text.as_bytes(), start)));
    }
    let request: Request = serde_json::from_str(text).map_err(|fault| {
        let told = fault.to_string();
        let what = told.rsplit_once(" at line ").map_or(told.as_str(), |(what, _)| what);
        // Its column is the number of bytes read, the faulty one included.
        let at = column(text.as_bytes(), fault.column().saturating_sub(1));
        format!("column {at}: {}; {SAMPLE}", without_values(what))
    })?;
    request.into_inbound(bot).map(Some)
}

/// The column, from 1 and in characters, of the byte at `offset`.
fn column(bytes: &[u8], offset: usize) -> usize {
    String::from_utf8_lossy(&bytes[..offset.min(bytes.len())]).chars().count() + 1
}

/// What is wrong, without what was found: the line may hold a secret, and whoever reads errors is not who wrote it.
fn without_values(what: &str) -> String {
    match what.rsplit_once(", expected ") {
        Some((found, expected)) => {
            let kind = found.split(['`', '"']).next().unwrap_or_default().trim_end();
            format!("{kind}, expected {expected}")
        }
        None => what.to_owned(),
    }
}

impl Request {
    fn into_inbound(self, default_bot: &str) -> Result<Inbound, String> {
        let Self { channel, account, kind, chat, thread, sender, name, bot, text, press } = self;
        let channel = filled("channel", channel)?.map_or_else(|| CHANNEL.to_owned(), |name| name.to_lowercase());
        let account = id("account", account)?.unwrap_or_else(|| ACCOUNT.to_owned());
        let kind = kind
            .map_or(Ok(Kind::Dm), |kind| kind.parse::<Kind>())
            .map_err(|UnknownKind(_)| "`kind` is unknown: write \"dm\", \"group\" or \"channel\"".to_owned())?;
        let sender = id("sender", sender)?.unwrap_or_else(|| OWNER.to_owned());
        let peer = id("chat", chat)?.unwrap_or_else(|| match kind {
            Kind::Dm => sender.clone(),
            Kind::Group | Kind::Channel => "local".to_owned(),
        });
        let thread = id("thread", thread)?.map(|thread| match (channel.as_str(), kind) {
            ("telegram", Kind::Group) => Thread::Topic(thread),
            (_, Kind::Dm | Kind::Group | Kind::Channel) => Thread::Thread(thread),
        });
        let bot = filled("bot", bot)?.unwrap_or_else(|| default_bot.to_owned());
        let event = match (text, press) {
            (Some(text), None) => Event::Message(without_mention(&text, &bot).to_owned()),
            (None, Some(token)) => Event::Press(token),
            (Some(_), Some(_)) => {
                return Err("`text` and `press` on one line: write a message or a button, each on its own".to_owned());
            }
            (None, None) => {
                return Err("neither `text` nor `press`: add \"text\":\"hello\" for a message, or \
                            \"press\":\"<token of a choice>\" for a button"
                    .to_owned());
            }
        };
        let conversation = Conversation { channel, account, kind, peer, thread };
        let sender = Sender { id: sender, name, roles: Vec::new() };
        Ok(Inbound { conversation, sender, bot, addressed: true, room: None, id: None, event })
    }
}

fn id(field: &str, given: Option<Id>) -> Result<Option<String>, String> {
    filled(field, given.map(|Id(id)| id))
}

/// A field that, where it is given, says something: a blank id would be everybody's.
fn filled(field: &str, given: Option<String>) -> Result<Option<String>, String> {
    match given {
        Some(text) if text.trim().is_empty() => Err(format!("`{field}` is blank: fill it in or leave it out")),
        given => Ok(given),
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyId)
    }
}

/// Takes text and whole numbers.
struct AnyId;

impl Visitor<'_> for AnyId {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id: text or a whole number")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id, E> {
        Ok(Id(text.to_owned()))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Id, E> {
        Ok(Id(number.to_string()))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id(number.to_string()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Id, E> {
        Err(E::invalid_type(Unexpected::Float(number), &self))
    }
}

#[cfg(test)]
mod tests;
