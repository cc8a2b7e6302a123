//! The menus: from providers to models to credentials and back, whatever there is and however it is called.

use std::collections::BTreeSet;

use modelpin_chat::{Choice, Reply};
use serde_json::{Map, Value, json};

use crate::engine::proof::dice::Dice;
use crate::support::bot::{Bot, Chat, GPT, MODELS, OPUS, SONNET, line};
use crate::support::catalogue::{self, PROVIDERS, models, profiles};

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work openai:default")
}

fn large() -> Chat {
    catalogue::bot().start()
}

/// The buttons that were shown last, each of which a platform can show.
fn buttons(chat: &Chat) -> Vec<Choice> {
    let replies = chat.heard();
    for reply in &replies {
        let Reply { choices, .. } = reply;
        assert!(chat.text().encode_utf16().count() < 4_096, "{}", chat.text());
        assert!(choices.concat().len() <= 100 && choices.iter().all(|row| row.len() <= 8), "{choices:?}");
        assert!(choices.concat().iter().all(|choice| choice.token.len() <= 64 && !choice.label.is_empty()));
    }
    replies
        .into_iter()
        .rev()
        .find(|reply| !reply.choices.is_empty())
        .map(|menu| menu.choices.concat())
        .unwrap_or_default()
}

fn label(choice: &Choice) -> &str {
    choice.label.trim_end_matches(" ✓")
}

fn has(chat: &Chat, wanted: &str) -> bool {
    buttons(chat).iter().any(|choice| label(choice) == wanted)
}

/// Turns all the pages that follow; returns the labels of every button that was seen.
fn turned(mut chat: Chat) -> (Chat, BTreeSet<String>) {
    let mut seen = BTreeSet::new();
    loop {
        seen.extend(buttons(&chat).iter().map(|choice| label(choice).to_owned()));
        if !has(&chat, "Next page ▶") {
            return (chat, seen);
        }
        chat = chat.press("Next page ▶");
    }
}

#[test]
fn every_model_of_a_large_catalogue_is_reached_by_buttons_alone() {
    let mut chat = large().say("/model").press("All models");
    let (shown, all) = turned(chat);
    chat = shown;
    for provider in PROVIDERS {
        chat = chat.say("/model list").press(&format!("{provider} ("));
        let (shown, seen) = turned(chat);
        chat = shown;
        let of_provider: Vec<String> =
            models().into_iter().filter(|model| model.starts_with(&format!("{provider}/"))).collect();
        for model in &of_provider {
            assert!(seen.contains(model) && all.contains(model), "{model}");
        }
        // And back, page by page, with the last model of each page chosen on the way.
        loop {
            let last =
                buttons(&chat).iter().rev().find(|choice| label(choice).starts_with(&format!("{provider}/"))).cloned();
            let last = label(&last.unwrap()).to_owned();
            chat = chat.press(&last).chosen(&last).press("◀ Models");
            assert!(
                chat.heard()[0].choices.concat().iter().any(|choice| choice.label == format!("{last} ✓")),
                "{last}"
            );
            if !has(&chat, "◀ Page before") {
                break;
            }
            chat = chat.press("◀ Page before");
        }
    }
    chat.press("◀ All providers").press("◀ Back").replies("Model:");
}

#[test]
fn every_credential_is_reached_and_pinned_by_buttons_alone() {
    let mut chat = large().say("/model anthropic/a").chosen("anthropic/a").say("/model").press("All credentials (40)");
    let (shown, seen) = turned(chat);
    chat = shown;
    assert!(profiles().iter().all(|id| seen.contains(id)), "{seen:?}");
    for id in profiles().into_iter().skip(3).step_by(9) {
        chat = chat.say("/model profiles");
        while !has(&chat, &id) {
            chat = chat.press("Next page ▶");
        }
        chat = chat.press(&id).chosen(&format!("anthropic/a@{id}")).press("Credentials (40)");
    }
    let chat = chat.say("/model profiles").press("By the auth order").chosen("anthropic/a");
    chat.press("Credentials (40)").press("◀ Models").replies("anthropic/a");
}

#[test]
fn numbers_of_any_list_choose_what_was_printed_beside_them() {
    let mut chat = large().say("/model list mistral");
    let mut dice = Dice::new(7);
    for _ in 0..6 {
        let listed: Vec<String> = models().into_iter().filter(|model| model.starts_with("mistral/")).collect();
        let page = dice.roll(3) + 1;
        chat = chat.say(&format!("/model list mistral {page}"));
        let text = chat.text();
        let number = text
            .lines()
            .filter_map(|line| line.trim_start().split_once(". "))
            .find(|(number, _)| number.parse::<u32>().is_ok());
        let (number, model) = number.unwrap();
        let model = model.split(" ✓").next().unwrap();
        assert!(listed.iter().any(|listed| listed == model), "{model}");
        let typed = format!("/model {number}");
        chat = chat.say(&typed).chosen(model);
    }
}

#[test]
fn the_credentials_are_shown_in_their_order_with_their_state() {
    let chat = bot()
        .order("anthropic", &["anthropic:work"])
        .start()
        .fails("anthropic:work=429:600")
        .say("/model opus")
        .say("hi");
    let chat = chat.say("/model profiles").replies("Credentials for opus").replies("anthropic:work – rate-limited");
    let chat = chat.replies("anthropic:default – is not in the auth order").in_private();
    let chat = chat.say("/model 1").chosen(&format!("{OPUS}@anthropic:work")).say("/model profiles");
    let chat = chat.replies("1. anthropic:work").press("By the auth order").chosen(OPUS);
    chat.refuses("/model profiles 2", "/model profiles 1");
}

#[test]
fn who_may_not_choose_a_credential_is_shown_none() {
    let chat = bot().say("/model").with_config(json!({"commands": {"allowFrom": {"telegram": ["1"]}}}));
    chat.refuses("/model profiles", "/whoami");
    let grants = json!({"provider": "anthropic", "mode": "api_key", "grants": {"users": ["telegram:1"]}});
    let every = json!({"provider": "anthropic", "mode": "api_key"});
    let declared = json!({"auth": {"profiles": {"anthropic:default": every, "anthropic:work": grants}}});
    let chat =
        bot().config(declared).say("/model profiles").replies("anthropic:default").says_nothing_of("anthropic:work");
    chat.say("/model").press("opus").replies("opus").press("Credentials (1)").says_nothing_of("anthropic:work");
}

#[test]
fn a_printed_name_means_nothing_that_only_resembles_it() {
    let chat = bot().say("/model").without_profile("anthropic:work");
    let chat = chat.with_auth(|auth| {
        auth["profiles"]["anthropic:WORK"] = auth["profiles"]["anthropic:default"].clone();
    });
    let chat = chat.press("anthropic:work").nothing_sent().chosen("-").replies("not in the auth store any more");
    chat.say("/model @work").chosen(&format!("{SONNET}@anthropic:WORK"));
}

#[test]
fn presses_by_chance_while_everything_changes_never_choose_what_was_not_printed() {
    let mut dice = Dice::new(3);
    let mut chat = large().say("/model list");
    let mut gone: Option<String> = None;
    for round in 0..100 {
        if round % 10 == 9 {
            // One model goes, and the one that went before is back.
            let next = models()[dice.roll(200)].clone();
            let mut patch = Map::from_iter([(next.clone(), Value::Null)]);
            patch.extend(gone.replace(next).map(|back| (back, json!({}))));
            chat = chat.with_config(json!({"agents": {"defaults": {"models": patch}}}));
        }
        let shown = buttons(&chat);
        if shown.is_empty() {
            chat = chat.say("/model list");
            continue;
        }
        let choice = shown[dice.roll(shown.len())].clone();
        let before = chosen(&chat);
        chat = chat.press_token(&choice.token);
        let (label, after) = (label(&choice), chosen(&chat));
        let is_name = PROVIDERS.iter().any(|provider| label.starts_with(&format!("{provider}/")));
        let of = |provider: &&str| label.trim_start_matches("@ ").starts_with(&format!("{provider}:"));
        let is_pin = PROVIDERS.iter().any(of);
        match (is_name, is_pin) {
            (true, _) if Some(label) == gone.as_deref() => assert_eq!(after, before, "{label}"),
            (true, _) => assert_eq!(after.split('@').next(), Some(label)),
            (_, true) => {
                assert!(after == before || after.ends_with(label.trim_start_matches("@ ")), "{label}: {after}");
            }
            (false, false) => {
                let moves = ["Default", "Undo", "By the auth order"].contains(&label);
                let alias = MODELS.iter().find(|(_, alias)| *alias == label);
                assert!(moves || alias.is_some() || after == before, "{label}: {after}");
                assert!(alias.is_none_or(|(model, _)| after.split('@').next() == Some(model)), "{label}: {after}");
            }
        }
    }
}

fn chosen(chat: &Chat) -> String {
    let row = chat.row();
    line(row.as_ref().and_then(|row| row.choice.lasting.as_ref()))
}

#[test]
fn a_choice_by_button_leads_on_and_a_typed_one_is_short() {
    let chat = bot().say("/model opus");
    assert!(chat.heard()[0].choices.is_empty());
    let chat = chat.say("/model").press("gpt").chosen(GPT);
    let labels: Vec<String> = buttons(&chat).into_iter().map(|choice| choice.label).collect();
    assert_eq!(labels, ["Credentials (1)", "◀ Models", "Undo"]);
    chat.press("Undo").chosen(OPUS);
}
