//! One line when somebody else answers, one when it is the old one again, and none otherwise.

use crate::support::bot::{Bot, Chat, GPT, OPUS, SONNET};

fn two() -> Bot {
    Bot::new().profiles("anthropic:a anthropic:b openai:a").order("anthropic", &["anthropic:a", "anthropic:b"])
}

/// The lines of an answer beside the model's own.
fn notice(chat: &Chat) -> Vec<String> {
    let text = chat.text();
    text.lines().filter(|line| !line.is_empty() && !line.contains("Your message came")).map(str::to_owned).collect()
}

#[test]
fn a_change_is_said_once_and_the_return_once() {
    let mut chat = two().say("hi");
    assert_eq!(notice(&chat), [""; 0]);
    chat = chat.fails("anthropic:a=429:600").say("hi").answered_by("anthropic:b", SONNET);
    let said = notice(&chat);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("anthropic:a") && said[0].contains("anthropic:b") && said[0].contains("12:1"), "{said:?}");
    for _ in 0..3 {
        chat = chat.say("hi").on_wire("anthropic:b", SONNET);
        assert_eq!(notice(&chat), [""; 0]);
    }
    chat = chat.fails("*=ok").later(601).say("hi").on_wire("anthropic:a", SONNET);
    let said = notice(&chat);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("anthropic:a") && said[0].contains("anthropic:b"), "{said:?}");
    chat = chat.say("hi");
    assert_eq!(notice(&chat), [""; 0]);
}

#[test]
fn another_model_is_announced() {
    let chat = two().fallbacks(&[GPT]).say("hi").fails("*/claude-sonnet-4-6=529:600").say("hi");
    let chat = chat.answered_by("openai:a", GPT).replies(GPT);
    assert_eq!(notice(&chat).len(), 1);
    let chat = chat.say("hi").on_wire("openai:a", GPT);
    assert_eq!(notice(&chat), [""; 0]);
}

#[test]
fn the_very_first_answer_by_another_is_announced_too() {
    let chat = two().start().fails("anthropic:a=401").say("hi").answered_by("anthropic:b", SONNET);
    assert_eq!(notice(&chat).len(), 1);
}

#[test]
fn what_a_person_chose_is_no_news() {
    let mut chat = two().say("hi");
    let commands = ["/model opus", "/model opus@b", "/model gpt", "/model undo", "/model default", "/model @b once"];
    for command in commands {
        chat = chat.say(command).say("hi").outcome("ok");
        assert_eq!(notice(&chat), [""; 0], "{command}");
    }
    // Back from what was for one message.
    chat = chat.say("hi").on_wire("anthropic:a", SONNET);
    assert_eq!(notice(&chat), [""; 0]);
    chat = chat.say("/opus@b what?").on_wire("anthropic:b", OPUS);
    assert_eq!(notice(&chat), [""; 0]);
    chat = chat.say("hi").on_wire("anthropic:a", SONNET);
    assert_eq!(notice(&chat), [""; 0]);
}

#[test]
fn the_end_of_a_time_is_no_silent_change() {
    let chat = two().say("/model gpt for 1h").say("hi").on_wire("openai:a", GPT).later(3_700).say("hi");
    let chat = chat.on_wire("anthropic:a", SONNET);
    assert!(!notice(&chat).is_empty(), "another account answers, and nobody did anything just now");
}
