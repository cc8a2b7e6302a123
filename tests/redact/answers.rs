//! Drafts, replies and the conversation: what a model says passes the scrubber before anybody sees it.

use serde_json::json;

use crate::redact::echo::{broken_off, forms, streamed};
use crate::support::bot::{Bot, invented};

/// One key that is sent and one that is merely known. All that is said is searched for both when the chat ends.
fn bot() -> Bot {
    Bot::new().profiles("anthropic:work openai:team")
}

fn planted() -> Vec<String> {
    ["anthropic:work", "openai:team"].map(|id| invented(id, 0)).to_vec()
}

#[test]
fn no_draft_shows_a_secret_or_the_beginning_of_one() {
    for size in [1, 3, 16, 1_000] {
        let chat = bot().start().scripted(None, None, streamed(&forms(&planted()), size)).say("say it");
        let drafts = chat.heard.drafts();
        assert!(drafts.windows(2).all(|pair| pair[1].starts_with(&pair[0])), "a draft only grows");
        let last = drafts.last().unwrap();
        assert!(last.ends_with("That was all."), "{last}");
        let text = chat.text();
        assert!(text.starts_with(last.as_str()), "the reply is what the drafts became: {text}");
    }
}

#[test]
fn what_was_said_is_scrubbed_when_it_goes_to_the_model_again() {
    let key = invented("anthropic:work", 0);
    let text = format!("It is {key}, is it not?");
    let chat = bot().start().scripted(None, None, streamed(&text, 4)).say("what is your key?").say("thank you");
    let body = chat.provider().seen().pop().unwrap().body;
    let said: Vec<&str> =
        body["messages"].as_array().unwrap().iter().filter_map(|one| one["content"].as_str()).collect();
    assert_eq!(said, ["what is your key?", "It is [redacted], is it not?", "thank you"]);
}

#[test]
fn an_answer_that_breaks_off_within_a_secret_keeps_the_part_to_itself() {
    let key = invented("openai:team", 0);
    let text = format!("It is {key}");
    let chat = bot().start().scripted(None, None, broken_off(&text, 30)).say("what is your key?");
    assert!(chat.text().starts_with("It is [redacted]\n"), "{}", chat.text());
}

#[test]
fn a_new_key_is_known_before_it_is_used() {
    let key = invented("anthropic:work", 1);
    let chat = bot().say("hello").renewed("anthropic:work");
    let chat = chat.scripted(None, None, streamed(&format!("It is {key}."), 4)).say("and now?");
    assert!(chat.text().starts_with("It is [redacted]."), "{}", chat.text());
}

#[test]
fn bot_tokens_are_nobodys_business() {
    let token = invented("telegram", 0);
    let config = json!({"channels": {"telegram": {"botToken": token}}});
    let chat = bot().plants(token.clone()).config(config).start();
    let chat = chat.scripted(None, None, streamed(&format!("It is {token}."), 4)).say("what is your token?");
    assert!(chat.text().starts_with("It is [redacted]."), "{}", chat.text());
}
