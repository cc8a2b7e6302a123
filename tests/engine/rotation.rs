//! Where nobody pinned a credential: the order, one after the other, and the models after that.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use modelpin::demo::Script;
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
fn after_four_that_are_rate_limited_the_fifth_answers_and_each_was_tried_once() {
    let chat = five().start().fails("anthropic:e=429 anthropic:b=429 anthropic:d=429 anthropic:a=429");
    let all: Vec<(&str, &str)> = FIVE.iter().map(|id| (*id, SONNET)).collect();
    let chat = chat.say("hi").wire(&all).answered_by("anthropic:c", SONNET);
    assert_eq!(chat.passed_over(), FIVE[..4]);
    chat.say("hi").on_wire("anthropic:c", SONNET);
}

/// Everybody is rate-limited for so many seconds, once.
fn limited(seconds: u32, times: u32) -> Script {
    Script::status(429).header("retry-after", &seconds.to_string()).times(times)
}

#[test]
fn when_all_come_free_in_three_seconds_the_answer_comes_then() {
    let chat = five().start().scripted(None, None, limited(3, 5));
    let begun = Instant::now();
    let chat = chat.say("hi");
    let took = begun.elapsed();
    assert!(Duration::from_secs(3) <= took && took < Duration::from_secs(7), "{took:?}");
    let all: Vec<(&str, &str)> = FIVE.iter().chain(&FIVE[..1]).map(|id| (*id, SONNET)).collect();
    // Who answers after all is no news.
    let chat = chat.wire(&all).answered_by("anthropic:e", SONNET).says_nothing_of("note:");
    assert_eq!(chat.receipt()["reason"], "default model, auth order");
}

#[test]
fn a_pinned_session_waits_those_three_seconds_for_its_own() {
    let chat = five().say("/model sonnet@d").scripted(None, None, limited(3, 1));
    let begun = Instant::now();
    let chat = chat.say("hi").wire(&[("anthropic:d", SONNET), ("anthropic:d", SONNET)]);
    assert!(begun.elapsed() >= Duration::from_secs(3));
    chat.answered_by("anthropic:d", SONNET);
}

#[test]
fn when_nobody_comes_free_for_ten_minutes_that_is_said_within_a_second() {
    let mut chat = five().start().fails("*=429:600");
    // The first asks all of them, the second nobody.
    for outcome in ["rate_limit", "nothing_sent"] {
        let begun = Instant::now();
        chat = chat.say("hi").outcome(outcome).replies("comes free at 12:1").replies("/model list");
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    }
    assert_eq!(chat.provider().count(), 5);
    let chat = chat.dm("telegram", "7").say("/model sonnet@d");
    let before = chat.provider().count();
    let mut chat = chat;
    for _ in 0..3 {
        let begun = Instant::now();
        chat = chat.say("hi").replies("anthropic:d").replies("12:1").replies("/model @auto").replies("/model default");
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    }
    // A pin made after the bench is one look into it; nobody else's credential is ever sent for it.
    let sent: Vec<String> =
        chat.provider().seen()[before..].iter().map(|seen| seen.profile.as_ref().unwrap().to_string()).collect();
    assert_eq!(sent, ["anthropic:d"]);
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

#[test]
fn five_hundred_turns_and_a_hundred_compactions_are_one_fingerprint() {
    let mut chat = five().start();
    for turn in 0..500 {
        // Some are long, so that the conversation is cut by its characters as well as by its messages.
        let more = if turn % 100 == 50 { "word ".repeat(5_000) } else { String::new() };
        chat = chat.say(&format!("{turn} {more}")).outcome("ok");
    }
    let seen = chat.provider().seen();
    assert_eq!(seen.len(), 500);
    let first = |seen: &modelpin::demo::Seen| seen.body["messages"][0]["content"].clone();
    let compactions = seen.windows(2).filter(|two| first(&two[0]) != first(&two[1])).count();
    assert!(compactions >= 100, "the conversation was cut {compactions} times");
    let fingerprints: BTreeSet<_> = seen.iter().map(|seen| seen.fingerprint.as_ref().unwrap().as_str()).collect();
    assert_eq!(fingerprints.len(), 1, "{fingerprints:?}");
    assert!(chat.rows()["benches"].is_empty());
    chat.answered_by("anthropic:e", SONNET);
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
fn a_conversation_that_is_begun_during_a_turn_inherits_nothing_of_it() {
    let slow = Script::ok().delay(Duration::from_millis(1_500));
    let chat = five().start().fails("anthropic:e=429:600").scripted(Some("anthropic:b"), None, slow).begin("hi");
    let chat = chat.until_failed(1).say("/new").replies("next message").finish();
    let chat = chat.answered_by("anthropic:b", SONNET);
    assert_eq!(chat.row().unwrap().auto, None);
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
