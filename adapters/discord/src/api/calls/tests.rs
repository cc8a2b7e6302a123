#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use modelpin_chat::Completion;
use serde_json::json;
use serenity::model::id::ChannelId;

use crate::Identity;
use crate::api::{self, Fault};
use crate::scripted::{Answer, Discord, Made, command};

const PATIENCE: Duration = Duration::from_secs(5);

fn discord(answers: &'static [(&'static str, &'static str)]) -> Discord {
    Discord::new(move |made: &Made| {
        let answer = answers.iter().find(|(line, _)| *line == made.line)?;
        Some(Answer::ok(serde_json::from_str(answer.1).unwrap()))
    })
}

#[tokio::test(start_paused = true)]
async fn the_gateway_is_where_discord_says_and_nowhere_else() {
    let well = r#"{"url": "wss://gateway.test", "shards": 3, "more": 1,
        "session_start_limit": {"total": 1000, "remaining": 998, "reset_after": 5000, "max_concurrency": 2}}"#;
    let asked: &'static [_] = Box::leak(Box::new([("GET /gateway/bot", well)]));
    let gateway = api::gateway(&discord(asked)).await.unwrap();
    assert_eq!(gateway.url.as_str(), "wss://gateway.test/");
    assert_eq!((gateway.shards, gateway.max_concurrency, gateway.remaining, gateway.total), (3, 2, 998, 1_000));
    assert_eq!(gateway.reset_after, Duration::from_secs(5));
    let strange = api::gateway(&discord(&[("GET /gateway/bot", r#"{"url": "secret"}"#)])).await.unwrap_err();
    assert_eq!(strange, Fault::Passing("Discord does not say where its gateway is".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn the_bot_is_who_discord_says() {
    for (flags, reads_messages) in [(0_u64, false), (1 << 18, true), (1 << 19, true), (1 << 17, false)] {
        let discord = Discord::new(move |made: &Made| match made.line.as_str() {
            "GET /users/@me" => Some(Answer::ok(json!({"id": "42", "username": "pin", "bot": true}))),
            "GET /applications/@me" => Some(Answer::ok(json!({"id": "9", "flags": flags}))),
            _ => None,
        });
        let expected = Identity { id: 42, username: "pin".to_owned(), application: 9, reads_messages };
        assert_eq!(api::me(&discord).await, Ok(expected));
    }
    let nobody = api::me(&discord(&[("GET /users/@me", r#"{"id": "0", "username": "pin"}"#)])).await;
    assert!(matches!(nobody, Err(Fault::Passing(_))), "{nobody:?}");
}

#[tokio::test(start_paused = true)]
async fn messages_come_in_the_order_in_which_they_were_written() {
    let newest_first = r#"[{"id": "1000"}, {"id": "30"}, {"id": "200"}]"#;
    let asked: &'static [_] = Box::leak(Box::new([("GET /channels/7/messages?after=20&limit=100", newest_first)]));
    let messages = api::messages_after(&discord(asked), ChannelId::new(7), 20, 200).await.unwrap();
    assert_eq!(messages, [json!({"id": "30"}), json!({"id": "200"}), json!({"id": "1000"})]);
}

#[tokio::test(start_paused = true)]
async fn commands_are_overwritten_everywhere_or_in_one_server() {
    let discord = Discord::new(|_| None);
    api::overwrite_commands(&discord, 9, None, &json!([{"name": "model"}])).await.unwrap();
    api::overwrite_commands(&discord, 9, Some(3), &json!([])).await.unwrap();
    assert_eq!(discord.lines(), ["PUT /applications/9/commands", "PUT /applications/9/guilds/3/commands"]);
    assert_eq!(discord.made()[0].body, json!([{"name": "model"}]));
}

#[tokio::test(start_paused = true)]
async fn proposals_that_discord_would_refuse_are_left_out_or_cut() {
    let interaction = command(modelpin_chat::Visibility::Private).interaction.unwrap();
    let completion = |label: &str, value: &str| Completion { label: label.to_owned(), value: value.to_owned() };
    let mut completions = vec![
        completion(&"é".repeat(101), "long label"),
        completion("long value", &"x".repeat(101)),
        completion(" ", "no label"),
        completion("no value", ""),
    ];
    completions.extend((0..40).map(|n| completion(&n.to_string(), &n.to_string())));
    let discord = Discord::new(|_| None);
    api::answer_completion(&discord, &interaction, &completions, PATIENCE).await.unwrap();
    let made = discord.made();
    assert_eq!((made[0].line.as_str(), &made[0].body["type"]), ("POST /interactions/31/<31>/callback", &json!(8)));
    let choices = made[0].body["data"]["choices"].as_array().unwrap();
    assert_eq!(choices.len(), 25);
    assert_eq!(choices[0], json!({"name": "é".repeat(100), "value": "long label"}));
    assert_eq!(choices[1], json!({"name": "0", "value": "0"}));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_number_is_none() {
    for answer in ["null", "{}", r#"{"id": 5}"#, r#"{"id": "0"}"#, r#"{"id": "secret"}"#, "[]"] {
        let discord = Discord::new(move |_| Some(Answer::ok(serde_json::from_str(answer).unwrap())));
        let fault =
            api::send_message(&discord, ChannelId::new(7), json!({"content": "x"}), PATIENCE).await.unwrap_err();
        assert_eq!(fault, Fault::Passing("Discord does not say which message it is".to_owned()), "{answer}");
    }
}
