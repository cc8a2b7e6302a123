#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use modelpin_chat::{Conversation, Event, Inbound, Kind, Sender, Thread};

use super::read;
use crate::lines::Line;

fn inbound(line: &str) -> Inbound {
    read(&Line::Bytes(line.as_bytes().to_vec()), false, "pin").unwrap().unwrap()
}

fn error(line: &[u8]) -> String {
    read(&Line::Bytes(line.to_vec()), false, "pin").unwrap_err()
}

#[test]
fn every_field_but_one_has_a_default() {
    let expected = Inbound {
        conversation: Conversation {
            channel: "terminal".to_owned(),
            account: "default".to_owned(),
            kind: Kind::Dm,
            peer: "owner".to_owned(),
            thread: None,
        },
        sender: Sender { id: "owner".to_owned(), name: None, roles: Vec::new() },
        bot: "pin".to_owned(),
        addressed: true,
        room: None,
        id: None,
        event: Event::Message("hello".to_owned()),
    };
    assert_eq!(inbound(r#"{"text":"hello"}"#), expected);
    assert_eq!(inbound(r#"{"text":"hello","name":null,"thread":null,"chat":null}"#), expected);
}

#[test]
fn every_field_is_read() {
    let read = inbound(
        r#"{"channel":"Telegram","account":"second","kind":"group","chat":-100,"thread":7,"sender":42,"name":"Ann","bot":"Bob","press":"tok"}"#,
    );
    assert_eq!(
        read.conversation,
        Conversation {
            channel: "telegram".to_owned(),
            account: "second".to_owned(),
            kind: Kind::Group,
            peer: "-100".to_owned(),
            thread: Some(Thread::Topic("7".to_owned())),
        }
    );
    assert_eq!(read.sender, Sender { id: "42".to_owned(), name: Some("Ann".to_owned()), roles: Vec::new() });
    assert_eq!(read.bot, "Bob");
    assert_eq!(read.event, Event::Press("tok".to_owned()));
}

#[test]
fn a_chat_that_is_not_given_follows_the_kind() {
    assert_eq!(inbound(r#"{"text":"x","sender":"7"}"#).conversation.peer, "7");
    assert_eq!(inbound(r#"{"text":"x","sender":"7","kind":"group"}"#).conversation.peer, "local");
}

#[test]
fn only_a_group_on_telegram_has_topics() {
    for (place, topic) in [
        (r#""channel":"telegram","kind":"group""#, true),
        (r#""channel":"telegram","kind":"dm""#, false),
        (r#""channel":"telegram","kind":"channel""#, false),
        (r#""channel":"discord","kind":"group""#, false),
    ] {
        let thread = inbound(&format!(r#"{{"text":"x","thread":"7",{place}}}"#)).conversation.thread;
        let id = "7".to_owned();
        assert_eq!(thread, Some(if topic { Thread::Topic(id) } else { Thread::Thread(id) }), "{place}");
    }
}

#[test]
fn a_mention_of_the_bot_is_taken_off() {
    let event = inbound(r#"{"text":"@Bob /model","bot":"bob"}"#).event;
    assert_eq!(event, Event::Message("/model".to_owned()));
}

#[test]
fn blank_lines_say_nothing() {
    for line in ["", "  \t"] {
        assert_eq!(read(&Line::Bytes(line.into()), false, "pin"), Ok(None));
    }
    assert_eq!(read(&Line::Bytes("\u{feff}".into()), true, "pin"), Ok(None), "a byte order mark");
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_the_way_out() {
    for (line, start) in [
        (&b"hello"[..], "column 1: no JSON object; write one JSON object"),
        (b"[\"telegram\"]", "column 1: no JSON object"),
        (b"  7", "column 3: no JSON object"),
        ("{\"text\":\"é\",}".as_bytes(), "column 13: trailing comma"),
        (b"{\"text\":\"x\"} {}", "column 14: trailing characters"),
        (b"{\"text\":", "column 8: EOF while parsing a value"),
        (b"{\"text\":\"\xff\"}", "column 10: not UTF-8"),
        (b"{\"text\":\"x\",\"tekst\":\"y\"}", "column 19: unknown field, expected one of `channel`"),
        (b"{\"text\":5}", "column 9: invalid type: integer, expected a string"),
        (b"{\"text\":\"x\",\"chat\":1.5}", "column 22: invalid type: floating point, expected an id"),
        (b"{\"text\":\"x\",\"text\":\"y\"}", "column 18: duplicate field `text`"),
        (b"{\"text\":\"\\ud800\"}", "column 16: unexpected end of hex escape"),
        (b"{}", "neither `text` nor `press`: add \"text\":\"hello\""),
        (b"{\"text\":\"x\",\"press\":\"y\"}", "`text` and `press` on one line"),
        (b"{\"text\":\"x\",\"kind\":\"DM\"}", "`kind` is unknown: write \"dm\", \"group\" or \"channel\""),
        (b"{\"text\":\"x\",\"sender\":\" \"}", "`sender` is blank"),
    ] {
        let error = error(line);
        assert!(error.starts_with(start), "{}: {error}", String::from_utf8_lossy(line));
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_message_about_a_field_is_shorter_than_the_field() {
    let error = error(format!(r#"{{"{}":1}}"#, "é".repeat(10_000)).as_bytes());
    assert!(error.chars().count() < 300, "{error}");
}
