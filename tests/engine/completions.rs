//! What is proposed while a command is filled in.

use serde_json::json;

use crate::support::bot::{Bot, Chat, MODELS, OPUS, SONNET};

fn start() -> Chat {
    let lists = json!({"allowFrom": ["42"], "guilds": {"10": {"users": ["42"]}}});
    Bot::new()
        .profiles("anthropic:default anthropic:work anthropic:me@example.com openai:one")
        .config(json!({"channels": {"discord": lists}}))
        .start()
        .dm("discord", "42")
}

fn values(chat: &Chat, fields: &[(&str, &str)]) -> Vec<String> {
    chat.proposed("model set", fields).into_iter().map(|proposal| proposal.value).collect()
}

#[test]
fn every_model_that_is_proposed_is_what_is_chosen_by_it() {
    let chat = start();
    let proposed = chat.proposed("model set", &[("model", "")]);
    assert!(proposed.len() >= MODELS.len());
    for proposal in proposed {
        assert!(proposal.label.contains(proposal.value.trim_matches('"')), "{proposal:?}");
        start().fill("model set", &[("model", &proposal.value)]).chosen(proposal.value.trim_matches('"'));
    }
    assert_eq!(values(&chat, &[("model", "opu")]), [OPUS]);
    assert_eq!(values(&chat, &[("model", "sonet")]), [SONNET], "a slip of the finger");
}

#[test]
fn the_profiles_are_those_of_the_model_that_was_filled_in() {
    let chat = start();
    assert_eq!(values(&chat, &[("model", "gpt"), ("profile", "")]), ["openai:one"]);
    let of_current = values(&chat, &[("profile", "")]);
    assert_eq!(of_current.len(), 3);
    assert!(of_current.iter().all(|value| value.starts_with("anthropic:")));
    let chat = chat.say("/model opus@work");
    assert_eq!(values(&chat, &[("profile", "")])[0], "@auto");
    chat.fill("model set", &[("profile", "@auto")]).chosen(OPUS);
}

#[test]
fn no_address_is_shown_in_a_channel_and_the_value_works_all_the_same() {
    let chat = start().channel("20", None);
    let proposed = chat.proposed("model set", &[("profile", "")]);
    let hidden = proposed.iter().find(|proposal| proposal.label.contains("m…@…")).unwrap().clone();
    assert!(proposed.iter().all(|proposal| !format!("{proposal:?}").contains("example.com")));
    assert!(values(&chat, &[("profile", "example")]).is_empty(), "nor can it be searched for");
    let chat = chat.fill("model set", &[("model", "opus"), ("profile", &hidden.value)]);
    chat.says_nothing_of("example.com").chosen(&format!("{OPUS}@anthropic:me@example.com"));
}

#[test]
fn strangers_are_proposed_nothing() {
    let chat = start().by("43");
    for field in ["model", "profile", "lifetime", "provider", "anything"] {
        assert!(values(&chat, &[(field, "")]).is_empty(), "{field}");
    }
}

#[test]
fn lifetimes_and_providers() {
    let chat = start();
    assert_eq!(values(&chat, &[("lifetime", "")]), ["once", "15m", "1h", "2h", "1d", "7d"]);
    assert_eq!(values(&chat, &[("lifetime", "90m")]), ["1h30m"]);
    let providers = chat.proposed("models", &[("provider", "anth")]);
    assert_eq!(providers[0].value, "anthropic");
    assert!(providers[0].label.starts_with("anthropic (3)"), "{providers:?}");
}
