//! What is written first is carried out first.

use std::time::{Duration, Instant};

use modelpin::demo::Script;

use crate::support::bot::{Bot, Chat, GPT, HAIKU, OPUS, SONNET};

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work openai:default")
}

/// What the provider was asked, oldest first: the last words of each request.
fn asked(chat: &Chat) -> Vec<String> {
    let last = |seen: modelpin::demo::Seen| {
        seen.body["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned()
    };
    chat.provider().seen().into_iter().map(last).collect()
}

#[test]
fn of_two_quick_commands_the_later_stands_and_what_follows_goes_by_it() {
    let chat = bot().start();
    let held = chat.hold_state();
    let chat = ["/model opus", "/model haiku", "/model gpt", "one", "/model opus@work", "two"]
        .into_iter()
        .fold(chat, Chat::begin_unsent);
    drop(held);
    let chat = chat.finish().replies(OPUS).finish().replies(HAIKU).finish().replies(GPT);
    let chat = chat.finish().answered_by("openai:default", GPT).finish().replies("anthropic:work").finish();
    let wire: Vec<String> = chat.provider().seen().into_iter().map(|seen| seen.model).collect();
    assert_eq!(wire, ["gpt-5.4", "claude-opus-4-6"]);
    assert_eq!(asked(&chat), ["one", "two"]);
}

#[test]
fn what_is_chosen_is_shown_while_a_commit_hangs() {
    let chat = bot().say("/model haiku");
    let held = chat.hold_state();
    let chat = chat.begin_unsent("/model opus").begin_unsent("/model gpt");
    let begun = Instant::now();
    let chat = chat.say("/model status").replies(HAIKU);
    assert!(begun.elapsed() < Duration::from_millis(1_500), "{:?}", begun.elapsed());
    // Another chat waits for nobody.
    let begun = Instant::now();
    let chat = chat.dm("telegram", "43").say("/model status").replies(SONNET).dm("telegram", "42");
    assert!(begun.elapsed() < Duration::from_millis(600), "{:?}", begun.elapsed());
    drop(held);
    chat.finish().finish().chosen(GPT);
}

#[test]
fn turns_come_in_the_order_of_the_messages() {
    let slow = Script::ok().delay(Duration::from_millis(50)).times(1);
    let chat = bot().start().scripted(None, None, slow);
    let words = ["1", "/model opus\n2", "3", "/gpt 4", "/new 5", "6"];
    let chat = words.into_iter().fold(chat, Chat::begin_unsent);
    let chat = words.into_iter().fold(chat, |chat, _| chat.finish());
    assert_eq!(asked(&chat), ["1", "2", "3", "4", "5", "6"]);
    let wire: Vec<String> = chat.provider().seen().into_iter().map(|seen| seen.model).collect();
    let of = |model: &str| model.split_once('/').unwrap().1.to_owned();
    // The commands did not wait for the turns before them: by then everything is chosen.
    assert_eq!(wire[3], of(GPT));
    assert_eq!(wire[4..], [of(SONNET), of(SONNET)]);
}

#[test]
fn a_command_waits_for_no_turn() {
    let chat = bot().start().scripted(None, None, Script::hang()).begin("think").begin_unsent("and then?");
    let begun = Instant::now();
    let chat = chat.say("/model gpt").chosen(GPT).say("/model").replies(GPT);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    drop(chat.stop());
}

#[test]
fn a_number_typed_at_once_finds_the_list_before_it() {
    let chat = bot().start().begin_unsent("/models openai").begin_unsent("/model 1").begin_unsent("/models anthropic");
    chat.finish().finish().finish().chosen(GPT);
}
