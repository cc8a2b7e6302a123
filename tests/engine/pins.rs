//! A user's pin is strict: nobody else's credential ever answers instead.

use rstest::rstest;
use serde_json::json;

use crate::support::bot::{Bot, Chat, GPT, OPUS, SONNET};

const PINNED: &str = "anthropic/claude-opus-4-6@anthropic:work";

/// A chat pinned to one of three profiles, with a fallback model that would answer if it were let.
fn chat() -> Chat {
    let bot = Bot::new().profiles("anthropic:default anthropic:work anthropic:spare openai:default").fallbacks(&[GPT]);
    bot.say("/model opus@work").chosen(PINNED)
}

#[rstest]
#[case::rate_limit("429:600", "rate_limit")]
#[case::refused("401", "auth")]
#[case::forbidden("403", "auth")]
#[case::unpaid("402", "billing")]
#[case::overloaded("529:600", "overloaded")]
#[case::broken("500:600", "server")]
#[case::late("504:600", "timeout")]
#[case::malformed("400", "malformed")]
#[case::too_long("413", "context_overflow")]
#[case::no_such_model("404", "model_not_found")]
#[case::foreign_client("client-only", "client_only")]
fn no_failure_brings_in_another_credential(#[case] fault: &str, #[case] outcome: &str) {
    let chat = chat().fails(&format!("anthropic:work={fault}"));
    chat.say("hi").wire(&[("anthropic:work", OPUS)]).outcome(outcome).replies("anthropic:work").chosen(PINNED);
}

#[test]
fn while_it_is_benched_nothing_is_sent_and_the_chat_is_told() {
    chat()
        .fails("anthropic:work=429:600")
        .say("hi")
        .say("hi")
        .nothing_sent()
        .replies("anthropic:work")
        .replies("/model @auto")
        .replies("/model default")
        .outcome("nothing_sent")
        .chosen(PINNED)
        .fails("*=ok")
        .later(601)
        .say("hi")
        .on_wire("anthropic:work", OPUS);
}

#[test]
fn a_profile_that_is_gone_sends_nothing_and_the_ways_out_work() {
    let chat = chat().say("hi").without_profile("anthropic:work").say("hi").nothing_sent();
    let chat = chat.replies("anthropic:work").replies("/model @auto").chosen(PINNED);
    chat.say("/model @auto").chosen(OPUS).say("hi").on_wire("anthropic:default", OPUS);
}

#[test]
fn the_command_plane_works_on_a_broken_pin() {
    chat()
        .without_profile("anthropic:work")
        .say("/model")
        .replies("anthropic:work")
        .say("/model status")
        .replies("anthropic:work")
        .say("/model why")
        .replies("not in the auth store")
        .say("/model opus@spare")
        .say("hi")
        .on_wire("anthropic:spare", OPUS);
}

#[test]
fn a_pin_on_what_expires_meanwhile_sends_nothing() {
    let expires = json!({"type": "token", "expires": "2026-11-20T13:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond()});
    let bot = Bot::new().profiles("anthropic:default").profile("anthropic:trial", expires);
    bot.say("/model opus@trial")
        .say("hi")
        .on_wire("anthropic:trial", OPUS)
        .later(3_700)
        .say("hi")
        .nothing_sent()
        .replies("anthropic:trial")
        .replies("expired")
        .say("/model default")
        .say("hi")
        .on_wire("anthropic:default", SONNET);
}

#[test]
fn a_grant_whose_access_has_ended_sends_nothing() {
    let soon = "2026-11-20T13:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let grant = json!({"type": "oauth", "refresh": "", "expires": soon});
    let chat = Bot::new().profiles("anthropic:default").profile("anthropic:me", grant).say("/model opus@me");
    let chat = chat.say("hi").on_wire("anthropic:me", OPUS);
    assert_eq!(chat.receipt()["class"], "subscription");
    chat.later(3_700).say("hi").nothing_sent().replies("anthropic:me");
}

#[test]
fn a_model_that_a_person_chose_is_answered_by_no_other() {
    let chat = chat().say("/model opus@auto").fails("*/claude-opus-4-6=529:600");
    let chat = chat.say("hi").outcome("overloaded");
    assert!(chat.sent().iter().all(|(_, model)| model == OPUS), "{:?}", chat.sent());
}

#[test]
fn a_model_that_a_person_chose_falls_back_where_the_operator_lets_it() {
    let bot = Bot::new().profiles("anthropic:default openai:default").fallbacks(&[GPT]);
    let chat = bot.config(json!({"session": {"userModelFallback": true}})).say("/model opus");
    let chat = chat.fails("*/claude-opus-4-6=529:600").say("hi");
    chat.wire(&[("anthropic:default", OPUS), ("openai:default", GPT)]).answered_by("openai:default", GPT).replies(GPT);
}

#[test]
fn a_pin_made_anew_is_tried_once_though_it_is_benched() {
    chat()
        .fails("anthropic:work=402")
        .say("hi")
        .say("hi")
        .nothing_sent()
        .say("/model opus@work")
        .say("hi")
        .wire(&[("anthropic:work", OPUS)])
        .say("hi")
        .nothing_sent()
        .fails("*=ok")
        .say("/model opus@work")
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        // Success cleared it, for others too.
        .dm("telegram", "43")
        .say("/model sonnet@work")
        .say("hi")
        .on_wire("anthropic:work", SONNET);
}

#[test]
fn no_turn_no_restart_and_no_time_touches_a_pin() {
    let mut chat = chat();
    for fault in ["429:5000", "401", "529:600", "400", "ok"] {
        chat = chat.fails(&format!("anthropic:work={fault}")).say("hi").restart().later(90_000).chosen(PINNED);
    }
    let row = chat.row().unwrap();
    assert_eq!(row.revision, 1, "nothing was written to the row: {row:?}");
}

#[test]
fn a_pin_follows_its_account_and_says_so() {
    let grant = |email: &str| json!({"type": "oauth", "refresh": "", "expires": 4_102_444_800_000_i64, "email": email});
    let bot = Bot::new().profiles("anthropic:default").profile("anthropic:old", grant("ann@example.com"));
    let chat =
        bot.profile("anthropic:new", grant("ann@example.com")).profile("anthropic:bob", grant("bob@example.com"));
    let chat = chat.say("/model opus@old").say("hi").on_wire("anthropic:old", OPUS);
    let chat = chat.without_profile("anthropic:old").say("hi").on_wire("anthropic:new", OPUS);
    let chat = chat.replies("anthropic:old").replies("anthropic:new").chosen(&format!("{OPUS}@anthropic:new"));
    // Nobody else's takes its place.
    chat.without_profile("anthropic:new").say("hi").nothing_sent().replies("anthropic:new");
}

#[test]
fn a_subscription_never_falls_to_the_meter_where_the_operator_forbids_it() {
    let grant = json!({"type": "oauth", "refresh": "", "expires": 4_102_444_800_000_i64});
    let deny = json!({"auth": {"crossBillingClass": "deny"}});
    let bot = Bot::new().profiles("anthropic:key openai:default").profile("anthropic:me", grant).fallbacks(&[GPT]);
    let chat = bot.config(deny).say("hi").on_wire("anthropic:me", SONNET).fails("anthropic:me=429:600").say("hi");
    let chat = chat.wire(&[("anthropic:me", SONNET)]).outcome("rate_limit").say("hi").nothing_sent();
    // What a person pins, a person answers for.
    chat.say("/model sonnet@key").say("hi").on_wire("anthropic:key", SONNET);
}
