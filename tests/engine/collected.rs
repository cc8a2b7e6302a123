//! What a session is after its row was let go.

use jiff::SignedDuration;
use modelpin::store::{Limits, Sqlite, collect};

use crate::support::bot::{Bot, Chat, OPUS, SONNET};

const DAY: u64 = 86_400;

/// Takes away what is older than half a year, beside the engine that runs.
fn collected(chat: Chat) -> Chat {
    let now = modelpin::clock::Clock::now(chat.clock.as_ref());
    let half_a_year = now - SignedDuration::from_hours(24 * 180);
    let limits =
        Limits { now, sessions: Some(half_a_year), history: None, receipts: None, usage: None, benches: half_a_year };
    let state = Sqlite::open(&chat.directory.path().join("modelpin.sqlite")).unwrap();
    chat.run(collect(&state, &limits)).unwrap();
    chat
}

/// The texts of the request that was sent last.
fn sent(chat: &Chat) -> Vec<String> {
    let seen = chat.provider().seen();
    let messages = seen.last().unwrap().body["messages"].as_array().unwrap().clone();
    messages.iter().map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_session_that_was_let_go_begins_anew() {
    let chat = Bot::new()
        .profiles("anthropic:default anthropic:work")
        .say("/model opus@work")
        .say("/new")
        .chosen("-")
        .say("my dog is called Rex");
    assert!(chat.row().is_some_and(|row| row.conversation == 1));
    let chat = collected(chat.later(170 * DAY));
    assert!(chat.row().is_some(), "not so old yet");
    let chat = chat.say("what is it called?");
    assert_eq!(sent(&chat).len(), 3, "nothing was forgotten");
    let chat = collected(chat.later(170 * DAY));
    assert_eq!(chat.rows()["history"].len(), 4, "somebody spoke in it since");
    let chat = collected(chat.later(20 * DAY));
    assert!(chat.row().is_none());
    let chat = chat.say("what is it called?").on_wire("anthropic:default", SONNET);
    assert_eq!(sent(&chat), ["what is it called?"]);
    // Conversations are counted anew, and none of them finds what was said in an old one of the same number.
    let chat = chat.say("/new").say("and now?");
    assert_eq!(sent(&chat), ["and now?"]);
    chat.say("/model opus@work").chosen(&format!("{OPUS}@anthropic:work")).say("hi").on_wire("anthropic:work", OPUS);
}

#[test]
fn a_pin_is_never_let_go_however_old_it_is() {
    let chat = Bot::new().profiles("anthropic:default anthropic:work").say("/model opus@work");
    let chat = collected(chat.later(3_000 * DAY));
    chat.chosen(&format!("{OPUS}@anthropic:work")).say("hi").on_wire("anthropic:work", OPUS);
}
