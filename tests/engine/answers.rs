//! Answers that stream, break off or are stopped, and the conversation that goes along.

use modelpin::demo::Script;
use serde_json::Value;

use crate::support::bot::{Bot, Chat, OPUS, SONNET};

fn two() -> Bot {
    Bot::new().profiles("anthropic:a anthropic:b openai:a").order("anthropic", &["anthropic:a", "anthropic:b"])
}

fn messages(chat: &Chat) -> Vec<(String, String)> {
    let body = chat.provider().seen().pop().unwrap().body;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = body["messages"].as_array().unwrap();
    all.iter().map(|message| (text(&message["role"]), text(&message["content"]))).collect()
}

#[test]
fn an_answer_streams_and_ends_as_it_was_shown() {
    let chat = two().start().scripted(None, None, Script::says("one two three four five six seven")).say("count");
    let drafts = chat.heard.drafts();
    assert!(drafts.len() > 1, "{drafts:?}");
    assert!(drafts.windows(2).all(|pair| pair[1].starts_with(&pair[0])), "it only ever grows: {drafts:?}");
    assert_eq!(drafts.last().unwrap(), "one two three four five six seven");
    chat.replies("one two three four five six seven");
}

#[test]
fn an_answer_that_breaks_off_is_not_continued_with_another_credential() {
    let chat = two().start().fails("anthropic:a=cut").say("hi").wire(&[("anthropic:a", SONNET)]);
    let chat = chat.outcome("overloaded").replies("cut off").replies("claude-sonnet-4-6 here");
    assert_eq!(chat.receipt()["profile"], "anthropic:a");
}

#[test]
fn a_connection_that_breaks_before_the_first_word_goes_on_with_the_next() {
    let broken = Script::raw(200, "text/event-stream", [""]).then_break();
    let chat = two().fallbacks(&["openai/gpt-5.4"]).start().scripted(Some("anthropic:a"), None, broken);
    chat.say("hi").answered_by("openai:a", "openai/gpt-5.4");
}

#[test]
fn a_stopped_answer_keeps_what_was_shown_and_says_who_wrote_it() {
    let first = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\
                 \"delta\":{\"type\":\"text_delta\",\"text\":\"Once upon\"}}\n\n";
    let endless = Script::raw(200, "text/event-stream", [first]).then_hang();
    let chat = two().say("/model opus@b").scripted(None, None, endless).begin("tell me a story").until_shown().stop();
    let chat = chat.outcome("stopped").replies("Once upon").wire(&[("anthropic:b", OPUS)]);
    let receipt = chat.receipt();
    assert_eq!((&receipt["profile"], &receipt["model"]), (&"anthropic:b".into(), &OPUS.into()));
    assert_eq!(receipt["fingerprint"], chat.provider().seen().pop().unwrap().fingerprint.unwrap().as_str());
    assert!(chat.rows()["benches"].is_empty(), "nobody is to blame");
    chat.provider().clear_scripts();
    let chat = chat.say("go on").on_wire("anthropic:b", OPUS);
    assert_eq!(messages(&chat)[1], ("assistant".to_owned(), "Once upon".to_owned()));
}

#[test]
fn a_turn_that_waits_in_vain_can_be_stopped() {
    let chat = two().start().fails("*=hang").begin("hi").stop().outcome("stopped").wire(&[("anthropic:a", SONNET)]);
    chat.fails("*=ok").say("hi").on_wire("anthropic:a", SONNET);
}

#[test]
fn the_conversation_goes_along_whoever_answers() {
    let chat = two().say("my name is Ann").say("/model gpt").say("what is my name?");
    let said = messages(&chat);
    assert_eq!(said[0], ("user".to_owned(), "my name is Ann".to_owned()));
    assert_eq!(said[1].0, "assistant");
    assert_eq!(said.last().unwrap(), &("user".to_owned(), "what is my name?".to_owned()));
    assert_eq!(said.len(), 3);
    let chat = chat.dm("telegram", "43").say("what is my name?");
    assert_eq!(messages(&chat).len(), 1, "another conversation is another one");
}

#[test]
fn what_nobody_answered_is_not_part_of_the_conversation() {
    let chat = two().say("one").fails("*=400").say("two").fails("*=ok").say("three");
    let said: Vec<String> = messages(&chat).into_iter().map(|(_, text)| text).collect();
    assert_eq!((said[0].as_str(), said[2].as_str(), said.len()), ("one", "three", 3));
}

#[test]
fn the_conversation_is_bounded_in_messages() {
    let chat = (0..30).fold(two().start(), |chat, number| chat.say(&format!("number {number}")));
    let said = messages(&chat);
    assert!(said.len() <= 41, "{}", said.len());
    assert_eq!(said[0].0, "user", "providers want the person to speak first");
    assert_eq!(said.last().unwrap().1, "number 29");
    assert!(said.iter().any(|(_, text)| text == "number 15"));
    assert!(chat.rows()["history"].len() <= 40, "and so it is on disk");
}

#[test]
fn the_conversation_is_bounded_in_characters() {
    let long = "word ".repeat(5_000);
    let chat = (0..5).fold(two().start(), |chat, _| chat.say(&long));
    let characters: usize = messages(&chat).iter().map(|(_, text)| text.chars().count()).sum();
    assert!(characters <= 60_000, "{characters}");
    assert!(messages(&chat).len() >= 3, "as much of its end as fits");
}

#[test]
fn messages_of_one_chat_are_answered_one_after_the_other() {
    let slow = Script::ok().delay(std::time::Duration::from_millis(30));
    let chat = two().start().scripted(None, None, slow).begin("first").begin_unsent("second").begin_unsent("third");
    let chat = chat.finish().finish().finish();
    let said: Vec<String> =
        messages(&chat).into_iter().filter(|(role, _)| role == "user").map(|(_, text)| text).collect();
    assert_eq!(said, ["first", "second", "third"]);
}
