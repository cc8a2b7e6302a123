//! Buttons and numbers: what was printed is what is chosen.

use serde_json::json;

use crate::support::bot::{Bot, GPT, HAIKU, MINI, OPUS, SONNET};

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work openai:default")
}

#[test]
fn a_press_chooses_what_is_printed() {
    bot()
        .say("/model")
        .press("opus")
        .chosen(OPUS)
        .say("/model")
        .press("anthropic:work")
        .chosen(&format!("{OPUS}@anthropic:work"))
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        .say("/model list")
        .press(MINI)
        .chosen(MINI);
}

#[test]
fn a_press_answers_like_the_words() {
    let words = bot().say(&format!("/model {OPUS}")).text();
    let press = bot().say("/model").press("opus").text();
    assert_eq!(press, words);
}

#[test]
fn every_token_is_short_and_says_nothing() {
    let chat = bot().say("/model list");
    for choice in chat.heard().iter().flat_map(|reply| reply.choices.concat()) {
        assert!(choice.token.len() <= 64, "{choice:?}");
        assert!(!choice.token.contains("claude") && !choice.token.contains("gpt"), "{choice:?}");
    }
}

#[test]
fn a_press_chooses_what_was_printed_though_the_catalogue_has_changed() {
    let chat = bot().say("/model");
    // The alias now stands for another model, which comes first in the list.
    let models = json!({"agents": {"defaults": {"models": {OPUS: {"alias": "old"}, HAIKU: {"alias": "opus"}}}}});
    chat.with_config(models).press("opus").chosen(OPUS);
}

#[test]
fn a_number_chooses_what_was_printed_though_the_catalogue_has_changed() {
    let chat = bot().say("/models openai").replies(MINI);
    let chat = chat.with_config(json!({"agents": {"defaults": {"models": {GPT: null}}}}));
    // One entry less: the second would now be another one, or none.
    chat.say("/model 2").chosen(MINI);
}

#[test]
fn what_was_printed_and_is_gone_is_refused() {
    let chat = bot().say("/model list").with_config(json!({"agents": {"defaults": {"models": {OPUS: null}}}}));
    let chat = chat.press(OPUS).nothing_sent().chosen("-").replies(OPUS);
    assert!(chat.rows()["sessions"].is_empty());
}

#[test]
fn numbers_are_those_of_the_last_list() {
    bot()
        .start()
        .refuses("/model 1", "/model list")
        .say("/models openai")
        .say("/model 1")
        .chosen(GPT)
        .refuses("/model 9", "9")
        .refuses("/model 0", "0")
        .say("/models anthropic")
        .say("/model 2")
        .chosen(&second_of_anthropic())
        // Another conversation has another last list.
        .dm("telegram", "43")
        .refuses("/model 1", "/model list");
}

/// The list is sorted or in the configured order: what counts is that the number means what was printed beside it.
fn second_of_anthropic() -> String {
    let chat = bot().say("/models anthropic");
    let text = chat.text();
    let line = text.lines().find(|line| line.trim_start().starts_with("2.")).unwrap();
    [OPUS, SONNET, HAIKU].into_iter().find(|model| line.contains(model)).unwrap().to_owned()
}

#[test]
fn a_number_outlives_the_buttons_and_a_restart() {
    bot().say("/models openai").later(90_000).restart().say("/model 2").chosen(MINI);
}

#[test]
fn a_menu_survives_a_restart() {
    bot().say("/model").restart().press("gpt").chosen(GPT);
}

#[test]
fn a_stale_press_says_so_and_brings_a_fresh_menu() {
    let chat = bot().say("/model").later(90_000);
    let stale = chat.token("opus");
    let chat = chat.press_token(&stale).nothing_sent().chosen("-");
    assert!(chat.heard().iter().any(|reply| !reply.choices.is_empty()), "{}", chat.text());
    assert_ne!(chat.token("opus"), stale);
    chat.press("opus").chosen(OPUS);
}

#[test]
fn an_invented_press_chooses_nothing() {
    let chat = bot().say("/model");
    let known = chat.token("opus");
    let (menu, _) = known.split_once('.').unwrap();
    let invented = [String::new(), "/model opus".to_owned(), "AAAAAAAAAAAAAAAA.0".to_owned(), format!("{menu}.999")];
    invented.iter().fold(chat, |chat, token| chat.press_token(token).nothing_sent().chosen("-"));
}

#[test]
fn a_menu_belongs_to_who_asked() {
    let chat = bot().start().group("telegram", "-100").say("/model").by("43").press("opus").chosen("-");
    let chat = chat.in_private();
    assert!(chat.rows()["sessions"].is_empty());
    chat.by("42").press("opus").chosen(OPUS);
}

#[test]
fn a_press_in_another_chat_is_stale() {
    let chat = bot().say("/model");
    let token = chat.token("opus");
    chat.dm("discord", "42").press_token(&token).chosen("-").dm("telegram", "42").chosen("-");
}

#[test]
fn who_may_not_any_more_cannot_press_either() {
    let chat = bot().say("/model").with_config(json!({"commands": {"allowFrom": {"telegram": ["1"]}}}));
    let chat = chat.press("opus").nothing_sent().chosen("-");
    assert!(chat.rows()["sessions"].is_empty());
}

#[test]
fn every_page_can_be_reached() {
    let many: serde_json::Map<String, serde_json::Value> =
        (0..47).map(|number| (format!("openai/model-{number:02}"), json!({}))).collect();
    let chat = bot().config(json!({"agents": {"defaults": {"models": many}}})).start();
    let mut printed = String::new();
    let chat = (1..=3).fold(chat, |chat, page| {
        let chat = chat.say(&format!("/models openai {page}"));
        printed.push_str(&chat.text());
        chat
    });
    for number in 0..47 {
        assert!(printed.contains(&format!("openai/model-{number:02}")), "{number}");
    }
    chat.refuses("/models openai 4", "3").say("/models openai 2").press("model-25").chosen("openai/model-25");
}
