//! A message with a secret in it: neither sent nor kept, deleted where that can be done, and its writer is warned.

use modelpin::demo::Script;
use modelpin_chat::{OutboxError, Withdrawal};
use serde_json::json;

use crate::support::bot::{Bot, Chat, Deletes, OPUS, SONNET, invented};

/// What a key looks like, invented anew.
fn key() -> String {
    let [one, other] = [0, 1].map(|generation| invented("pasted", generation));
    format!("sk-ant-api03-{}-{}", &one[8..], &other[8..])
}

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work").plants(key())
}

/// A chat with a choice, a conversation and a receipt.
fn chat() -> Chat {
    bot().say("/model opus@work").say("hi")
}

/// Says `text`, with the key in the place of `KEY`.
#[track_caller]
fn withheld(chat: Chat, text: &str) -> Chat {
    let seen = chat.provider().seen().len();
    let text = text.replace("KEY", &key());
    let chat = chat.refuses(&text, "an Anthropic API key").in_private();
    let chat = chat.replies("neither sent to a model nor kept").replies("rotate").replies("Anthropic Console");
    assert_eq!(chat.heard.withdrawn(), [0], "it is deleted before anything is said: {text}");
    assert_eq!((chat.heard().len(), chat.heard.drafts().len()), (1, 0), "{text}");
    assert_eq!(chat.provider().seen().len(), seen);
    assert!(chat.heard()[0].choices.is_empty() && chat.heard()[0].receipt.is_none());
    chat
}

#[test]
fn nothing_comes_of_a_message_with_a_key_in_it_but_a_warning() {
    let long = format!("{}KEY{}", "so it was, and then ".repeat(200), " and so on, until the end".repeat(200));
    let mut chat = chat();
    for text in [
        "KEY",
        "My key is KEY, what can I do with it?",
        "first line\n\nexport ANTHROPIC_API_KEY=\"KEY\"\n\nlast line",
        "look at https://example.com/?key=KEY&page=2",
        &long,
        // As the argument of a command, whether that could be read or not.
        "/model KEY",
        "/model opus@KEY",
        "/model opus for KEY",
        "/model list KEY",
        "/model -g KEY",
        "/model@pinbot KEY",
        "/new KEY",
        "/reset my key is KEY",
        "/opus is KEY a good key?",
        "/opus@KEY",
        "/nothing KEY",
        "/whoami KEY",
        "/help KEY",
        // Below a command: it is not carried out either.
        "/model default\nKEY",
        "/model sonnet\n\nHere is KEY",
        "/new\nKEY",
    ] {
        chat = withheld(chat, text).chosen("anthropic/claude-opus-4-6@anthropic:work");
    }
    let broken: Vec<String> =
        key().as_bytes().chunks(30).map(|line| str::from_utf8(line).unwrap().to_owned()).collect();
    let wide: String = key().chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
    chat = withheld(chat, &broken.join("\n"));
    chat = withheld(chat, &format!("/model {wide}"));
    // As if nothing had been said.
    let history = chat.rows()["history"].len();
    let chat = chat.say("hello").on_wire("anthropic:work", OPUS);
    assert_eq!(chat.rows()["history"].len(), history + 2);
}

#[test]
fn it_is_the_same_everywhere() {
    let chat = withheld(chat().group("telegram", "-100"), "KEY");
    let chat = withheld(chat.topic("telegram", "-100", "7"), "/model KEY");
    let chat = withheld(chat.dm("discord", "43"), "my key: KEY");
    let chat = chat.restart();
    withheld(chat.dm("telegram", "42"), "KEY").say("hello").on_wire("anthropic:work", OPUS);
}

#[test]
fn a_chat_that_never_was_leaves_no_trace() {
    let chat = withheld(bot().start(), "/model opus@work\nKEY");
    assert!(chat.rows().values().all(Vec::is_empty), "{:?}", chat.rows());
}

#[test]
fn what_became_of_the_message_is_said_as_it_is() {
    let fault = OutboxError("telegram: not enough rights to delete messages".to_owned());
    let mut chat = chat();
    for (deletes, words) in [
        (Deletes::Gladly, "has been deleted"),
        (Deletes::Not(Ok(Withdrawal::Asked)), "was asked for"),
        (Deletes::Not(Ok(Withdrawal::Impossible)), "cannot delete the message here: delete it yourself"),
        (Deletes::Not(Err(fault)), "could not be deleted: delete it yourself"),
    ] {
        let gone = matches!(deletes, Deletes::Gladly);
        chat = withheld(chat.that_deletes(deletes), "KEY").replies(words);
        chat = if gone { chat.says_nothing_of("yourself") } else { chat.says_nothing_of("has been deleted") };
    }
}

#[test]
fn a_platform_that_never_answers_does_not_hold_the_warning_up() {
    let chat = chat();
    chat.run(async { tokio::time::pause() });
    withheld(chat.that_deletes(Deletes::Never), "KEY").replies("could not be deleted");
}

#[test]
fn a_turn_that_runs_does_not_hold_the_warning_up() {
    let chat = chat().scripted(None, None, Script::hang()).begin("think about it");
    withheld(chat, "KEY").stop();
}

#[test]
fn only_an_owner_in_private_is_told_how_to_store_the_next_one() {
    let owned = bot().config(json!({"commands": {"ownerAllowFrom": ["telegram:1"]}})).start();
    let store = "modelpin models auth add --provider anthropic";
    let chat = withheld(owned.dm("telegram", "1"), "KEY").replies(store);
    let chat = withheld(chat.group("telegram", "-100"), "KEY").says_nothing_of("modelpin models");
    withheld(chat.dm("telegram", "42"), "KEY").says_nothing_of("modelpin models");
}

#[test]
fn a_stranger_is_warned_and_remains_a_stranger() {
    let only = json!({"channels": {"telegram": {"allowFrom": ["42"], "groupAllowFrom": ["42"]}}});
    let mut chat = bot().config(only).say("/model opus@work");
    for (stranger, text) in [("43", "KEY"), ("44", "/model KEY"), ("45", "/whoami KEY")] {
        chat = withheld(chat.dm("telegram", stranger), text)
            .replies("/whoami")
            .says_nothing_of("anthropic:")
            .says_nothing_of("opus");
    }
    withheld(chat.dm("telegram", "42"), "KEY").says_nothing_of("/whoami");
}

#[test]
fn what_is_meant_for_another_bot_is_left_to_it() {
    let chat = chat().say(&format!("/model@otherbot {}", key())).stays_silent().nothing_sent();
    assert_eq!(chat.heard.withdrawn(), [0; 0]);
}

#[test]
fn what_only_looks_like_a_key_to_a_hasty_eye_is_a_message() {
    for text in [
        "Do keys begin with sk-ant-api03-...?",
        "pip install sk-learn",
        "export OPENAI_API_KEY=sk-your-key-here-1234567890-1234567890",
        "See commit 8f3c1a90be4d72651c9e0f7a6b5d4c3e8f3c1a90 and 123e4567-e89b-12d3-a456-426614174000",
    ] {
        let chat = Bot::new().profiles("anthropic:work").say(text).on_wire("anthropic:work", SONNET).replies(text);
        assert_eq!(chat.heard.withdrawn(), [0; 0], "{text}");
    }
}

#[test]
fn what_is_stored_here_is_known_by_its_value_whatever_it_looks_like() {
    let plain = "seven-grey-geese-went-north-again";
    let chat =
        Bot::new().profiles("anthropic:work").say(&format!("I read {plain} today")).on_wire("anthropic:work", SONNET);
    let chat = chat.with_auth(|auth| auth["profiles"]["anthropic:work"]["key"] = json!(plain)).say("hi");
    let seen = chat.provider().seen().len();
    let chat = chat.refuses(&format!("Who wrote {plain}?"), "a credential").in_private().says_nothing_of("geese");
    assert_eq!((chat.provider().seen().len(), chat.heard.withdrawn()), (seen, vec![0]));
}
