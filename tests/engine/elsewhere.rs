//! Credentials that are not in the store: the environment's, the state directory's, the configuration's.

use std::fs;

use serde_json::json;

use crate::support::bot::{Bot, Chat, GPT, SONNET, invented};

#[test]
fn a_variable_serves_where_the_store_has_nothing() {
    let chat = Bot::new().variable("ANTHROPIC_API_KEY", "anthropic").say("hi").on_wire("env:ANTHROPIC_API_KEY", SONNET);
    assert_eq!(chat.receipt()["class"], "metered");
    chat.say("/model status").replies("env:ANTHROPIC_API_KEY");
}

#[test]
fn a_variable_never_beats_a_stored_profile_and_is_shown_as_shadowed() {
    let bot = Bot::new().profiles("anthropic:a").variable("ANTHROPIC_API_KEY", "anthropic");
    let chat = bot.say("hi").on_wire("anthropic:a", SONNET).say("/model status").replies("ANTHROPIC_API_KEY");
    // Not even when the profile cannot be used: nobody's account is switched in silence.
    let chat = chat.fails("anthropic:a=429:600").say("hi").wire(&[("anthropic:a", SONNET)]).outcome("rate_limit");
    chat.say("hi").nothing_sent();
}

#[test]
fn a_stored_profile_that_is_added_takes_over() {
    let bot = Bot::new().profiles("anthropic:a").variable("OPENAI_API_KEY", "openai").profiles("openai:late");
    let chat =
        bot.start().without_profile("openai:late").say("/model gpt").say("hi").on_wire("env:OPENAI_API_KEY", GPT);
    let entry = json!({"type": "api_key", "provider": "openai", "key": invented("openai:late", 0)});
    chat.with_auth(|auth| auth["profiles"]["openai:late"] = entry).say("hi").on_wire("openai:late", GPT);
}

#[test]
fn the_environment_comes_before_the_configuration() {
    let bot = Bot::new().configured_key("openai").variable("OPENAI_API_KEY", "openai").profiles("anthropic:a");
    bot.say("/model gpt").say("hi").on_wire("env:OPENAI_API_KEY", GPT).say("/model status").replies("config:openai");
    Bot::new()
        .configured_key("openai")
        .profiles("anthropic:a")
        .say("/model gpt")
        .say("hi")
        .on_wire("config:openai", GPT);
}

#[test]
fn the_process_comes_before_the_state_directory() {
    let chat = Bot::new().profiles("anthropic:a").variable("OPENAI_API_KEY", "openai").start();
    let other = "sk-test-of-no-account-at-all-00000000";
    fs::write(chat.directory.path().join(".env"), format!("OPENAI_API_KEY={other}\n")).unwrap();
    chat.say("/model gpt").say("hi").on_wire("env:OPENAI_API_KEY", GPT);
}

#[test]
fn a_variable_of_the_state_directory_counts_from_the_next_turn() {
    let chat = Bot::new().profiles("openai:a anthropic:a").start().without_profile("anthropic:a");
    let own = invented("anthropic:a", 1);
    fs::write(chat.directory.path().join(".env"), format!("export ANTHROPIC_API_KEY='{own}'\n")).unwrap();
    let chat = chat.say("hi").wire(&[("anthropic:a", SONNET)]).outcome("ok");
    assert_eq!(chat.receipt()["profile"], "env:ANTHROPIC_API_KEY");
}

#[test]
fn a_variable_cannot_be_pinned_and_does_not_stand_in_for_a_pin() {
    let bot = Bot::new().profiles("anthropic:a").variable("ANTHROPIC_API_KEY", "anthropic");
    let chat = bot.say("/model opus@a").without_profile("anthropic:a").say("hi").nothing_sent();
    chat.refuses("/model opus@env:ANTHROPIC_API_KEY", "profile");
}

#[test]
fn a_reference_is_followed_at_use() {
    let chat = Bot::new().profiles("anthropic:a openai:a").variable("OPENAI_API_KEY", "openai").start();
    let reference =
        json!({"type": "api_key", "provider": "openai", "keyRef": {"source": "env", "id": "OPENAI_API_KEY"}});
    let chat = chat.with_auth(|auth| auth["profiles"]["openai:a"] = reference).say("/model gpt@openai:a").say("hi");
    let chat = chat.wire(&[("env:OPENAI_API_KEY", GPT)]).outcome("ok");
    assert_eq!(chat.receipt()["profile"], "openai:a");
    // The fingerprint of the secret behind it is what benches go by from now on.
    chat.fails("env:OPENAI_API_KEY=401").say("hi").fails("*=ok").say("hi").nothing_sent();
}

#[test]
fn a_reference_that_leads_nowhere_benches_nobody_and_sends_nothing() {
    let nowhere = json!({"type": "api_key", "provider": "anthropic", "keyRef": {"source": "env", "id": "NOT_SET"}});
    let chat =
        Bot::new().profiles("anthropic:a anthropic:b").order("anthropic", &["anthropic:a", "anthropic:b"]).start();
    let chat = chat.with_auth(|auth| {
        auth["profiles"]["anthropic:a"] = nowhere;
    });
    let chat = chat.say("hi").wire(&[("anthropic:b", SONNET)]).answered_by("anthropic:b", SONNET);
    assert_eq!(chat.passed_over(), ["anthropic:a"]);
    assert!(chat.rows()["benches"].is_empty());
    chat.say("/model sonnet@anthropic:a").say("hi").nothing_sent().replies("NOT_SET");
}

fn with_keys(chat: &Chat, line: &str) {
    fs::write(chat.directory.path().join(".env"), format!("{line}\n")).unwrap();
}

#[test]
fn several_keys_in_one_variable_take_turns_as_profiles_do() {
    let bot = Bot::new().profiles("anthropic:a").known("openai:one", "openai").known("openai:two", "openai");
    let chat = bot.start();
    let [one, two] = ["openai:one", "openai:two"].map(|id| invented(id, 0));
    with_keys(&chat, &format!("OPENAI_API_KEYS=\"{one}, {two};{one}\""));
    let chat = chat.say("/model gpt").say("hi").wire(&[("openai:one", GPT)]);
    assert_eq!(chat.receipt()["profile"], "env:OPENAI_API_KEYS#1");
    let chat = chat.fails("openai:one=429:600").say("hi").wire(&[("openai:one", GPT), ("openai:two", GPT)]);
    assert_eq!(chat.receipt()["profile"], "env:OPENAI_API_KEYS#2");
    // The bench is the key's own, wherever it stands.
    with_keys(&chat, &format!("OPENAI_API_KEYS={two} {one}"));
    let chat = chat.say("hi").wire(&[("openai:two", GPT)]);
    assert_eq!(chat.receipt()["profile"], "env:OPENAI_API_KEYS#1");
    let chat = chat.restart().say("hi").wire(&[("openai:two", GPT)]);
    let chat = chat.say("/model status").replies("env:OPENAI_API_KEYS#1").replies("env:OPENAI_API_KEYS#2");
    chat.says_nothing_of("#3");
}

#[test]
fn keys_that_are_numbered_follow_the_one_that_is_not() {
    let bot = Bot::new().profiles("anthropic:a").known("openai:one", "openai").variable("OPENAI_API_KEY", "openai");
    let chat = bot.start();
    with_keys(&chat, &format!("OPENAI_API_KEY_2={}", invented("openai:one", 0)));
    let chat = chat.fails("env:OPENAI_API_KEY=429:600").say("/model gpt").say("hi");
    let chat = chat.wire(&[("env:OPENAI_API_KEY", GPT), ("openai:one", GPT)]);
    assert_eq!(chat.receipt()["profile"], "env:OPENAI_API_KEY_2");
}

#[test]
fn what_is_stored_comes_before_any_number_of_keys() {
    let bot = Bot::new().profiles("anthropic:a openai:a").known("openai:one", "openai");
    let chat = bot.start();
    with_keys(&chat, &format!("OPENAI_API_KEYS={}", invented("openai:one", 0)));
    let chat = chat.say("/model gpt").say("hi").on_wire("openai:a", GPT);
    let chat = chat.fails("openai:a=429:600").say("hi").wire(&[("openai:a", GPT)]).outcome("rate_limit");
    let said = "env:OPENAI_API_KEYS#1 in the state-dir .env is there too, but the auth store comes first, and holds something else";
    chat.say("/model status").replies(said);
}
