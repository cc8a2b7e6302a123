//! Where nobody pinned a credential: the order, one after the other, and the models after that.

use rstest::rstest;
use serde_json::json;

use crate::support::bot::{Bot, GPT, HAIKU, MINI, OPUS, SONNET};

const FIVE: [&str; 5] = ["anthropic:e", "anthropic:b", "anthropic:d", "anthropic:a", "anthropic:c"];

fn five() -> Bot {
    Bot::new().profiles(&FIVE.join(" ")).order("anthropic", &FIVE)
}

#[test]
fn each_credential_is_tried_once_in_order() {
    let chat = five().start().fails("anthropic:e=429:600 anthropic:b=402 anthropic:d=401 anthropic:a=429:600");
    let all: Vec<(&str, &str)> = FIVE.iter().map(|id| (*id, SONNET)).collect();
    let chat = chat.say("hi").wire(&all).answered_by("anthropic:c", SONNET);
    assert_eq!(chat.passed_over(), FIVE[..4]);
}

#[test]
fn when_all_fail_each_was_tried_once() {
    let chat = five().start().fails("*=429:600").say("hi");
    let tried: Vec<String> = chat.sent().into_iter().map(|(profile, _)| profile).collect();
    assert_eq!(tried, FIVE);
    let chat = chat.outcome("rate_limit").replies("/model list");
    chat.say("hi").nothing_sent().outcome("nothing_sent");
}

#[test]
fn one_credential_serves_as_long_as_it_can() {
    let mut chat = five().start();
    for _ in 0..10 {
        chat = chat.say("hi").on_wire("anthropic:e", SONNET);
    }
}

#[rstest]
#[case::malformed("400")]
#[case::too_long("413")]
#[case::no_such_model("404")]
fn what_no_other_credential_could_mend_is_not_tried_with_another(#[case] fault: &str) {
    five().start().fails(&format!("*={fault}")).say("hi").wire(&[("anthropic:e", SONNET)]);
}

#[test]
fn a_rotation_ends_with_its_reason() {
    let chat = five().start().fails("anthropic:e=429:60").say("hi").answered_by("anthropic:b", SONNET);
    let chat = chat.fails("*=ok").say("hi").on_wire("anthropic:b", SONNET).later(61).say("hi");
    chat.on_wire("anthropic:e", SONNET);
}

#[test]
fn a_new_session_does_not_inherit_a_rotation() {
    let chat =
        five().start().fails("anthropic:e/claude-sonnet-4-6=429:60").say("hi").answered_by("anthropic:b", SONNET);
    let chat = chat.fails("*=ok").later(61);
    chat.dm("telegram", "43").say("hi").on_wire("anthropic:e", SONNET);
}

#[test]
fn a_changed_order_counts_at_once_for_who_did_not_pin() {
    let chat = five().say("hi").on_wire("anthropic:e", SONNET).dm("telegram", "43").say("/model opus@d").say("hi");
    let chat = chat.with_config(json!({"auth": {"order": {"anthropic": ["anthropic:a", "anthropic:e"]}}}));
    chat.dm("telegram", "42").say("hi").on_wire("anthropic:a", SONNET);
}

#[test]
fn a_stores_order_beats_the_configured_one() {
    let chat = five().start().with_auth(|auth| auth["order"] = json!({"anthropic": ["anthropic:c", "anthropic:b"]}));
    chat.say("hi")
        .on_wire("anthropic:c", SONNET)
        .fails("anthropic:c=429:60")
        .say("hi")
        .answered_by("anthropic:b", SONNET);
}

#[test]
fn every_credential_comes_before_another_model() {
    let bot = Bot::new().profiles("anthropic:a anthropic:b openai:a openai:b").fallbacks(&[GPT, HAIKU]);
    let bot = bot.order("anthropic", &["anthropic:a", "anthropic:b"]).order("openai", &["openai:a", "openai:b"]);
    let chat = bot.start().fails("*/claude-sonnet-4-6=429:600 *=429:600 *=ok");
    let chat = chat.fails("anthropic:a/claude-sonnet-4-6=429:600 anthropic:b/claude-sonnet-4-6=429:600 openai:a=401");
    let chat =
        chat.say("hi").wire(&[("anthropic:a", SONNET), ("anthropic:b", SONNET), ("openai:a", GPT), ("openai:b", GPT)]);
    let chat = chat.answered_by("openai:b", GPT).replies(GPT);
    assert_eq!(chat.passed_over(), ["anthropic:a", "anthropic:b", "openai:a"]);
    chat.later(601).fails("*=ok").say("hi").on_wire("anthropic:a", SONNET);
}

#[test]
fn a_conversation_that_is_too_long_goes_to_the_next_model() {
    let bot = Bot::new().profiles("anthropic:a anthropic:b openai:a").fallbacks(&[MINI]);
    let chat = bot.order("anthropic", &["anthropic:a", "anthropic:b"]).start().fails("*/claude-sonnet-4-6=413");
    chat.say("hi").wire(&[("anthropic:a", SONNET), ("openai:a", MINI)]).answered_by("openai:a", MINI);
}

#[test]
fn an_overloaded_model_is_not_asked_again_with_another_credential() {
    let bot = Bot::new().profiles("anthropic:a anthropic:b openai:a").fallbacks(&[GPT]);
    let chat = bot.order("anthropic", &["anthropic:a", "anthropic:b"]).start().fails("*/claude-sonnet-4-6=529:600");
    chat.say("hi").wire(&[("anthropic:a", SONNET), ("openai:a", GPT)]).answered_by("openai:a", GPT);
}

#[test]
fn the_receipt_is_complete() {
    let chat =
        Bot::new().profiles("anthropic:a anthropic:b").order("anthropic", &["anthropic:a", "anthropic:b"]).start();
    let chat = chat.fails("anthropic:a=429:600").say("/model opus").say("hi").answered_by("anthropic:b", OPUS);
    let receipt = chat.receipt();
    assert_eq!(receipt["session"], chat.key().as_str());
    assert_eq!(receipt["actor"], json!({"channel": "telegram", "id": "42", "name": "Ann"}));
    assert_eq!((&receipt["source"], &receipt["class"]), (&json!("user"), &json!("metered")));
    assert!(receipt["tokensIn"].as_u64() > Some(0) && receipt["tokensOut"].as_u64() > Some(0), "{receipt}");
    assert_eq!(receipt["attempts"][0]["model"], OPUS);
    assert!(receipt["attempts"][0]["why"].as_str().unwrap().contains("rate_limit"), "{receipt}");
    assert!(receipt["latencyMs"].is_u64() && receipt["reason"].is_string(), "{receipt}");
    let kept = chat.run(chat.app().store().last_receipt(&chat.key())).unwrap().unwrap();
    assert_eq!(serde_json::to_value(kept).unwrap(), receipt, "what is shown is what is kept");
}
