//! Groups, where people also talk to each other.

use serde_json::{Value, json};

use crate::support::bot::{Bot, Chat, GPT, OPUS, SONNET, invented};

fn bot(groups: Value) -> Chat {
    let telegram = json!({"groupAllowFrom": ["*"], "groups": groups});
    let bot = Bot::new().profiles("anthropic:default openai:default");
    bot.config(json!({"channels": {"telegram": telegram}})).start()
}

#[test]
fn what_is_not_meant_for_the_bot_leaves_no_trace() {
    let chat = bot(json!({"*": {}})).group("telegram", "-100").addressed(false);
    let chat = chat.say("lunch?").stays_silent().nothing_sent().say("/shrug fine").stays_silent().nothing_sent();
    let chat = chat.forward("/model opus").stays_silent().nothing_sent();
    assert!(chat.rows().values().all(Vec::is_empty), "{:?}", chat.rows());
    chat.addressed(true).say("lunch?").on_wire("anthropic:default", SONNET);
}

#[test]
fn commands_and_aliases_need_no_mention() {
    let chat = bot(json!({"*": {}})).group("telegram", "-100").addressed(false);
    let chat = chat.say("/model gpt").chosen(GPT).say("/opus what?").on_wire("anthropic:default", OPUS).chosen(GPT);
    let chat = chat.say("/model opus\nand who are you?").on_wire("anthropic:default", OPUS);
    chat.say("/new and a word").on_wire("anthropic:default", SONNET).refuses("/model nonsense", "nonsense");
}

#[test]
fn a_group_or_a_topic_may_do_without_mentions() {
    let chat = bot(json!({"-100": {"requireMention": false, "topics": {"7": {"requireMention": true}}}, "*": {}}));
    let chat = chat.addressed(false).group("telegram", "-100").say("hi").on_wire("anthropic:default", SONNET);
    let chat = chat.topic("telegram", "-100", "8").say("hi").on_wire("anthropic:default", SONNET);
    let chat = chat.topic("telegram", "-100", "7").say("hi").stays_silent().nothing_sent();
    chat.group("telegram", "-200")
        .say("hi")
        .stays_silent()
        .dm("telegram", "42")
        .say("hi")
        .on_wire("anthropic:default", SONNET);
}

#[test]
fn what_is_passed_on_is_talked_about_and_never_a_command() {
    let chat = bot(json!({"*": {}})).forward("/model opus").on_wire("anthropic:default", SONNET).chosen("-");
    let chat = chat.forward("/opus what?").on_wire("anthropic:default", SONNET);
    let chat = chat.forward("/model@OtherBot opus").on_wire("anthropic:default", SONNET);
    let body = chat.provider().seen().pop().unwrap().body;
    assert_eq!(body["messages"].as_array().unwrap().last().unwrap()["content"], "/model@OtherBot opus");
}

#[test]
fn a_key_that_is_passed_on_is_withheld_like_any_other() {
    let key = invented("anthropic:default", 0);
    let chat = bot(json!({"*": {}})).forward(&format!("look: {key}")).nothing_sent().replies("looks like");
    assert_eq!(chat.heard.withdrawn(), [0]);
    // In a group as well, to whomever it was said: it is read by all.
    let chat = chat.group("telegram", "-100").addressed(false).say(&format!("mine is {key}")).nothing_sent();
    assert_eq!(chat.heard.withdrawn(), [0]);
}

#[test]
fn only_the_people_of_a_group_are_heard() {
    let chat = bot(json!({"-100": {"requireMention": false, "allowFrom": ["42"]}})).group("telegram", "-100");
    let chat = chat.say("hi").on_wire("anthropic:default", SONNET).by("43").say("hi").stays_silent().nothing_sent();
    chat.refuses("/model opus", "telegram:43").group("telegram", "-200").by("42").say("hi").stays_silent();
}
