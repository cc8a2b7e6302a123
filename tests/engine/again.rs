//! Events that come again because the program ended before it was known that they had been dealt with.

use modelpin::session::{Choice, Selection};
use modelpin_chat::Event;
use serde_json::json;

use crate::engine::proof::dice::Dice;
use crate::support::bot::{Bot, Chat, GPT, HAIKU, OPUS, SONNET};

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work openai:default")
}

fn message(text: &str) -> Event {
    Event::Message(text.to_owned())
}

#[test]
fn a_change_is_made_once_and_confirmed_again() {
    let chat = bot().say("/model haiku").event("7").say("/model opus@work");
    let (row, said) = (chat.row(), chat.text());
    let chat = chat.say("/model opus@work");
    assert_eq!((chat.row(), chat.text()), (row, said));
    chat.restart().say("/model opus@work").event("8").say("/model undo").chosen(HAIKU);
}

#[test]
fn taking_back_is_done_once() {
    let chat = bot().say("/model opus").say("/model gpt").event("1").say("/model undo").chosen(OPUS);
    chat.say("/model undo").replies("Taken back").chosen(OPUS).event("2").say("/model undo").chosen(GPT);
}

#[test]
fn what_was_committed_before_the_end_is_confirmed_after_it() {
    let chat = bot().say("/model gpt").event("1").dies_at(message("/model opus@work"));
    let row = chat.row();
    let chat = chat.say("/model opus@work").replies("Model set to opus").replies("anthropic:work");
    assert_eq!(chat.row(), row);
    chat.event("2")
        .dies_at(message("/new"))
        .say("/new")
        .replies("New conversation")
        .event("3")
        .say("/model undo")
        .chosen(&format!("{OPUS}@anthropic:work"));
}

#[test]
fn a_press_and_a_number_are_made_once_though_what_they_were_on_is_gone() {
    let chat = bot().say("/model haiku").say("/model");
    let token = chat.token("opus");
    let chat = chat.event("1").dies_at(Event::Press(token.clone()));
    let revision = chat.row().unwrap().revision;
    // Its menu is too old by now.
    let chat = chat.later(90_000).press_token(&token).replies(OPUS).says_nothing_of("too old").chosen(OPUS);
    let chat = chat
        .event("2")
        .say("/models openai")
        .event("3")
        .dies_at(message("/model 2"))
        .event("4")
        .say("/models anthropic");
    let before = chat.row().unwrap();
    assert_eq!(before.revision, revision + 1);
    let chat = chat.event("3").say("/model 2");
    assert_eq!(chat.row().unwrap(), before);
}

#[test]
fn an_event_of_another_account_is_another_event() {
    let chat = bot()
        .config(json!({"session": {"dmScope": "main"}}))
        .start()
        .event("1")
        .say("/model opus")
        .replies("Model set to opus");
    chat.dm("discord", "42").say("/model gpt").replies("Model set to gpt");
}

#[test]
fn an_answer_that_was_lost_is_sent_again_and_nobody_is_asked_again() {
    let chat = bot().say("/model gpt").event("1").say("/model opus@work once").event("2").dies_at(message("hi"));
    let asked = chat.provider().count();
    let history = chat.rows()["history"].len();
    let chat = chat.say("hi").nothing_sent().replies("claude-opus-4-6 here");
    assert_eq!(chat.receipt()["event"], "telegram/default/2");
    assert_eq!((chat.provider().count(), chat.rows()["history"].len()), (asked, history));
    chat.event("3").say("hi").on_wire("openai:default", GPT).event("4").say("hi").on_wire("openai:default", GPT);
}

#[test]
fn a_message_that_was_not_answered_is_asked_when_it_comes_again() {
    let chat =
        bot().start().fails("anthropic:default=429:600 anthropic:work=429:600").event("1").dies_at(message("hi"));
    let chat = chat.fails("*=ok").later(700).say("hi").on_wire("anthropic:default", SONNET);
    assert_eq!(chat.rows()["history"].len(), 2);
}

#[test]
fn without_ids_nothing_is_noted() {
    let chat = bot().say("/model opus").say("hi");
    assert!(chat.row().unwrap().events.is_empty() && chat.receipt().get("event").is_none());
    assert!(!chat.rows()["sessions"][0].contains("events"));
}

/// What may be typed in the test of chance; the turns say who they are.
const WORDS: [&str; 14] = [
    "/model opus",
    "/model gpt",
    "/model opus@work",
    "/model haiku once",
    "/model @auto",
    "/model default",
    "/model undo",
    "/model undo",
    "/new",
    "/models anthropic",
    "/model 2",
    "/opus",
    "hello",
    "/model haiku\nand now?",
];

/// The same commands in two chats: in one of them each comes once, in the other the program ends again and again before
/// it has replied, and what was not known to be dealt with comes again.
#[test]
fn chance_ends_the_program_and_nothing_is_made_twice_or_lost() {
    for seed in 0..6 {
        let mut dice = Dice::new(seed);
        let mut chat = bot().start();
        let mut made: Vec<(String, &str)> = Vec::new();
        for number in 0..24 {
            let (id, text) = (number.to_string(), dice.one_of(&WORDS));
            chat = chat.dm("telegram", "1").event(&id).say(text).dm("telegram", "2");
            let revision = revision(&chat);
            if dice.roll(3) > 0 {
                chat = chat.say(text);
            } else {
                chat = chat.dies_at(message(text));
                for (id, text) in &made[made.len().saturating_sub(dice.roll(4))..] {
                    chat = chat.event(id).say(text);
                }
                chat = chat.event(&id).say(text);
            }
            if self::revision(&chat) > revision && !text.contains("hello") && !text.contains('\n') {
                made.push((id, text));
            }
        }
        let chat = chat.dm("telegram", "1");
        let (once, asked_once) = (told(&chat), asked(&chat, "1"));
        let chat = chat.dm("telegram", "2");
        assert_eq!(told(&chat), once, "seed {seed}");
        assert_eq!(asked(&chat, "2"), asked_once, "seed {seed}");
    }
}

fn revision(chat: &Chat) -> u64 {
    chat.row().map_or(0, |row| row.revision)
}

/// The row without what differs from chat to chat.
fn told(chat: &Chat) -> Option<(u64, u64, [Vec<String>; 2])> {
    let row = chat.row()?;
    let selection = |selection: &Selection| {
        let Selection { model, pin, until, .. } = selection;
        format!("{model:?} {:?} {until:?}", pin.as_ref().map(|pin| &pin.profile))
    };
    let choice = |choice: &Choice| {
        [&choice.lasting, &choice.passing]
            .into_iter()
            .map(|one| one.as_ref().map_or_else(String::new, selection))
            .collect()
    };
    Some((row.revision, row.conversation, [choice(&row.choice), row.previous.as_ref().map(choice).unwrap_or_default()]))
}

/// How often a model answered there, and how much is remembered of it.
fn asked(chat: &Chat, peer: &str) -> (usize, usize) {
    let rows = chat.rows();
    let of = |table: &str| rows[table].iter().filter(|row| row.contains(&format!(":dm:{peer}\""))).count();
    (of("receipts"), of("history"))
}
