//! When files, the state or the provider are broken: commands are answered, and nothing is confirmed that is not kept.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::bot::{Bot, Chat, GPT, OPUS, SONNET};

fn bot() -> Bot {
    Bot::new().profiles("anthropic:a anthropic:b openai:a").order("anthropic", &["anthropic:a", "anthropic:b"])
}

#[test]
fn a_store_that_does_not_parse_leaves_the_last_good_version_in_force() {
    let chat = bot().say("/model opus@b").say("hi").on_wire("anthropic:b", OPUS);
    let good = fs::read_to_string(chat.auth_path()).unwrap();
    let half = &good[..good.len() / 2];
    chat.write_auth(half);
    let chat = chat.say("hi").on_wire("anthropic:b", OPUS).replies("last good version");
    let chat = chat.say("/model status").replies("last good version").say("/model opus@a").replies("last good version");
    let chat = chat.say("hi").on_wire("anthropic:a", OPUS);
    assert_eq!(fs::read_to_string(chat.auth_path()).unwrap(), half, "it is not touched");
    chat.write_auth(&good);
    chat.say("hi").on_wire("anthropic:a", OPUS).says_nothing_of("last good version");
}

#[test]
fn a_change_of_the_store_counts_from_the_next_turn() {
    let chat = bot().say("/model opus@b").say("hi").on_wire("anthropic:b", OPUS);
    let before = chat.receipt()["fingerprint"].clone();
    let chat = chat.renewed("anthropic:b").say("hi").on_wire("anthropic:b", OPUS);
    assert_ne!(chat.receipt()["fingerprint"], before);
}

#[test]
fn one_bad_entry_does_not_hide_the_others() {
    let chat = bot().start().with_auth(|auth| auth["profiles"]["anthropic:a"] = json!({"type": 7}));
    chat.say("hi").on_wire("anthropic:b", SONNET);
}

#[test]
fn a_configuration_that_does_not_parse_leaves_the_last_good_version_in_force() {
    let chat = bot().say("/model opus@b").with_config(json!({"commands": {"allowFrom": {"telegram": ["42"]}}}));
    let chat = chat.say("/model");
    let good = fs::read_to_string(chat.config_path()).unwrap();
    chat.write_config("{ agents: ");
    let chat = chat.say("hi").on_wire("anthropic:b", OPUS).replies("configuration unreadable");
    // Who may do what is still what it was.
    let chat = chat.dm("telegram", "43").refuses("/model gpt", "/whoami").dm("telegram", "42").say("/model gpt");
    let chat = chat.chosen(GPT).replies("configuration unreadable");
    chat.write_config(&good);
    chat.say("hi").on_wire("openai:a", GPT).says_nothing_of("unreadable");
}

/// A state whose database is there and cannot be opened, and where the database is meanwhile.
fn unusable(chat: Chat) -> (Chat, PathBuf, PathBuf) {
    let (database, aside) = (chat.directory.path().join("modelpin.sqlite"), chat.directory.path().join("aside"));
    let chat = chat.closed();
    fs::rename(&database, &aside).unwrap();
    fs::create_dir(&database).unwrap();
    (chat.restart(), database, aside)
}

#[test]
fn a_state_that_cannot_be_opened_confirms_nothing_and_shows_what_it_can() {
    let (mut chat, ..) = unusable(bot().say("/model opus@b"));
    assert!(!chat.app().warnings().is_empty());
    for change in ["/model gpt", "/opus", "/model default", "/new", "/model opus@b once", "/model undo"] {
        chat = chat.say(change).replies("modelpin.sqlite").nothing_sent();
        let said = chat.text().to_lowercase();
        assert!(!said.contains("model set to") && !said.contains("back to the default"), "{said}");
    }
    for view in ["/model", "/model list", "/model status", "/model why"] {
        chat = at_once(chat, view).nothing_sent().replies("cannot be read").replies("modelpin.sqlite");
    }
    at_once(at_once(chat, "/help"), "/whoami");
}

#[test]
fn what_may_be_pinned_is_answered_by_nobody_while_that_cannot_be_known() {
    let (chat, database, aside) = unusable(bot().say("/model opus@b"));
    let chat = chat.say("hi").nothing_sent().replies("modelpin.sqlite").say("/gpt and you?").nothing_sent().closed();
    fs::remove_dir(&database).unwrap();
    fs::rename(&aside, &database).unwrap();
    chat.restart().chosen(&format!("{OPUS}@anthropic:b")).say("hi").on_wire("anthropic:b", OPUS);
}

#[test]
fn a_state_that_never_was_hides_no_pin_so_messages_are_answered() {
    let chat = bot().start().closed();
    let place = chat.directory.path().join("modelpin.sqlite");
    fs::remove_file(&place).unwrap();
    // A name that leads nowhere: there is no database, and none can be made.
    std::os::unix::fs::symlink("/proc/none/such.sqlite", &place).unwrap();
    let chat = chat.restart();
    assert!(!chat.app().warnings().is_empty());
    let chat = chat.say("hi").on_wire("anthropic:a", SONNET).say("/model gpt").replies("modelpin.sqlite").say("hi");
    chat.on_wire("anthropic:a", SONNET);
}

/// Within a second: commands are wanted most when nothing else works.
fn at_once(chat: Chat, command: &str) -> Chat {
    let started = Instant::now();
    let chat = chat.say(command);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(1), "{command} took {took:?}");
    assert!(!chat.text().is_empty(), "{command}");
    chat
}

const VIEWS: [&str; 6] = ["/model", "/model status", "/model why", "/model list", "/help", "/whoami"];

#[test]
fn commands_are_answered_at_once_while_the_provider_hangs() {
    let chat = bot().say("/model opus@b").fails("*=hang").begin("hi");
    let chat = VIEWS.into_iter().fold(chat, at_once);
    let chat = at_once(at_once(chat, "/model gpt"), "/model undo").chosen(&format!("{OPUS}@anthropic:b"));
    chat.stop().outcome("stopped");
}

#[test]
fn commands_are_answered_at_once_when_every_credential_is_dead() {
    let chat = bot().start().fails("*=401").say("hi").say("hi").nothing_sent();
    let chat = VIEWS.into_iter().fold(chat, at_once);
    at_once(chat, "/model status").replies("anthropic:a").replies("anthropic:b");
}

#[test]
fn commands_are_answered_without_any_credential() {
    let chat = Bot::new().start();
    assert!(
        chat.app().first_steps("modelpin", "modelpin models auth add").is_none(),
        "what is on this machine may want no credential"
    );
    VIEWS.into_iter().fold(chat, at_once);
}

#[test]
fn two_engines_that_change_one_session_at_once_lose_nothing() {
    let mut chat = bot().start().beside();
    for (engine, command) in
        [(0, "/model opus@b"), (1, "/model gpt"), (0, "/model undo"), (1, "/model undo"), (0, "/opus@a")]
    {
        chat = chat.engine(engine).say(command).says_nothing_of("not saved");
    }
    let chat = chat.chosen(&format!("{OPUS}@anthropic:a")).engine(1).say("hi").on_wire("anthropic:a", OPUS);
    assert_eq!(chat.row().unwrap().revision, 5);
}

#[test]
fn a_provider_that_repeats_the_key_is_not_repeated() {
    let key = crate::support::bot::invented("anthropic:a", 0);
    let echo = json!({"type": "error", "error": {"type": "authentication_error", "message": format!("bad key {key}")}});
    let script = modelpin::demo::Script::raw(401, "application/json", [echo.to_string()]);
    // The chat itself looks for it when it ends.
    bot().say("/model opus@a").scripted(None, None, script).say("hi").replies("redacted");
}
