//! How often somebody is told no.

use modelpin_chat::Placement;
use serde_json::json;

use crate::support::bot::{Bot, OPUS};

/// Where Ann is let in, and in groups those of one group.
fn bot() -> Bot {
    let telegram = json!({"allowFrom": ["42"], "groupAllowFrom": ["42"], "groups": {"-100": {}}});
    Bot::new().profiles("anthropic:default anthropic:work").config(json!({"channels": {"telegram": telegram}}))
}

#[test]
fn a_stranger_gets_one_refusal_a_day_and_may_always_ask_who_they_are() {
    let chat = bot().start().dm("telegram", "43").refuses("hi", "telegram:43");
    let chat = chat.say("hello?").stays_silent().say("/model opus").stays_silent().say("/opus what?").stays_silent();
    let chat = chat.say("/whoami").replies("telegram:43").nothing_sent().chosen("-");
    let chat = chat.later(86_000).say("hi").stays_silent().later(500).refuses("hi", "telegram:43");
    chat.say("hi").stays_silent().dm("telegram", "44").refuses("hi", "telegram:44");
}

#[test]
fn a_stranger_in_a_group_is_told_once_and_only_after_a_command() {
    let chat = bot().start().group("telegram", "-100").by("43").say("@pinbot hi").stays_silent().nothing_sent();
    let chat = chat.refuses("/model", "telegram:43").in_private().say("/model opus").stays_silent();
    let chat = chat.by("44").refuses("/model@pinbot opus please", "telegram:44").say("hi").stays_silent();
    chat.by("42").say("/model opus").chosen(OPUS).by("43").say("/model").stays_silent();
}

#[test]
fn a_chat_that_the_bot_is_not_for_is_told_once() {
    let chat = bot().start().group("telegram", "-200").by("42").say("hi").stays_silent();
    let chat = chat.refuses("/model opus", "telegram:-200").by("43").say("/model").stays_silent();
    chat.say("/whoami").replies("telegram:-200").later(86_500).refuses("/model", "telegram:-200");
}

#[test]
fn who_is_let_in_meanwhile_is_answered_at_once() {
    let chat = bot().start().dm("telegram", "43").refuses("hi", "telegram:43").say("hi").stays_silent();
    chat.with_config(json!({"channels": {"telegram": {"allowFrom": ["42", "tg:43"]}}})).say("/model opus").chosen(OPUS);
}

#[test]
fn nobody_is_answered_where_it_is_switched_off() {
    let off = json!({
        "channels": {"telegram": {"dmPolicy": "disabled", "groups": {"-100": {"enabled": false}}}},
        "commands": {"ownerAllowFrom": ["telegram:1"]},
    });
    let mut chat = bot().config(off).start();
    for text in ["hi", "/model opus", "/whoami", "/model opus please"] {
        chat = chat.dm("telegram", "1").say(text).stays_silent().group("telegram", "-100").say(text).stays_silent();
    }
    assert!(chat.rows().values().all(Vec::is_empty), "{:?}", chat.rows());
}

#[test]
fn a_member_is_answered_but_not_by_the_dozen() {
    let chat = (0..10).fold(bot().start(), |chat, _| chat.refuses("/model nonsense", "nonsense"));
    let chat = chat.say("/model nonsense").stays_silent().nothing_sent().refuses("/model other", "other");
    chat.say("/model opus").chosen(OPUS).later(61).refuses("/model nonsense", "nonsense");
}

#[test]
fn what_is_said_to_who_pressed_stands_beside_the_menu() {
    let chat = bot().start().group("telegram", "-100").say("/model").by("43").press("opus");
    let aside = |chat: &crate::support::bot::Chat| -> Vec<Placement> {
        chat.heard().iter().map(|reply| reply.placement).collect()
    };
    assert_eq!(aside(&chat), [Placement::Aside]);
    let chat = chat.by("42").later(90_000).press("opus").replies("too old");
    assert_eq!(aside(&chat), [Placement::Aside, Placement::InPlace]);
    let chat = chat.press("opus").chosen(OPUS);
    assert_eq!(aside(&chat), [Placement::InPlace]);
    // Who may talk and not command is told each time, a stranger once.
    let chat = chat.say("/model").with_config(json!({"commands": {"allowFrom": {"telegram": ["1"]}}})).press("opus");
    assert_eq!(aside(&chat), [Placement::Aside]);
    let chat = chat.press("opus");
    assert_eq!(aside(&chat), [Placement::Aside]);
    let chat = chat.with_config(json!({"channels": {"telegram": {"groupAllowFrom": ["1"]}}})).press("opus");
    assert_eq!(aside(&chat), [Placement::Aside]);
    assert_eq!(aside(&chat.press("opus")), []);
}
