#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod drafts;
mod interactions;
mod matrix;
mod withdrawals;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use modelpin_chat::{BoxFuture, Choice, Kind, Outbox, OutboxError, Reply};
use rstest::rstest;
use serde_json::json;
use serenity::model::id::ChannelId;
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::api::Code;
use crate::scripted::{Answer, Made, Stage, private_reply, reply, typed};
use crate::way::Way;

const MESSAGES: &str = "POST /channels/7/messages";

/// Says `replies` to what came by `way`, and gives what became of each.
async fn said(stage: &Stage, way: Way, kind: Kind, replies: Vec<Reply>) -> Vec<Result<(), String>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&told);
    let dealt = stage.deal(way, kind, move |outbox| {
        Box::pin(async move {
            for reply in replies {
                let outcome = outbox.send(reply).await.map_err(|OutboxError(why)| why);
                telling.lock().unwrap().push(outcome);
            }
        })
    });
    dealt.await.unwrap();
    told.lock().unwrap().clone()
}

fn with_button(text: &str) -> Reply {
    let choice = Choice { label: "Go".to_owned(), token: "go".to_owned(), list: None, current: false };
    Reply { choices: vec![vec![choice]], ..reply(text) }
}

/// A script that answers the messages to the channel.
fn on_messages(
    answer: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static,
) -> impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static {
    move |made: &Made| if made.line == MESSAGES { answer(made) } else { None }
}

#[tokio::test(start_paused = true)]
async fn a_reply_in_private_is_a_message_and_nothing_more() {
    let stage = Stage::new(|_| None);
    said(&stage, typed(), Kind::Dm, vec![reply("hello @everyone")]).await;
    let mut body = stage.discord.made()[0].body.clone();
    let mark = body["nonce"].take();
    assert!(mark.as_str().unwrap().len() <= 25, "{mark}");
    let expected = json!({
        "content": "hello \\@everyone",
        "nonce": null,
        "enforce_nonce": true,
        "allowed_mentions": {"parse": [], "replied_user": false},
    });
    assert_eq!(body, expected);
    assert_eq!(stage.discord.lines(), [MESSAGES]);
}

#[tokio::test(start_paused = true)]
async fn a_reply_in_a_channel_names_what_it_answers_once() {
    let stage = Stage::new(|_| None);
    let long = reply(&"x".repeat(2_500));
    said(&stage, typed(), Kind::Channel, vec![long, private_reply("for you")]).await;
    let made = stage.discord.made();
    let references: Vec<_> = made.iter().map(|made| made.body["message_reference"].clone()).collect();
    let reference = json!({"message_id": "5", "fail_if_not_exists": false});
    assert_eq!(references, [reference.clone(), json!(null), reference]);
    let marks: Vec<_> = made.iter().map(|made| made.body["nonce"].as_str().unwrap()).collect();
    assert!(marks[0] != marks[1] && marks[1] != marks[2] && marks[0] != marks[2], "{marks:?}");
    assert!(made.iter().all(|made| made.body.get("flags").is_none()), "nothing that was typed is answered in secret");
}

#[tokio::test(start_paused = true)]
async fn buttons_go_below_the_text() {
    let stage = Stage::new(|_| None);
    said(&stage, typed(), Kind::Dm, vec![with_button("menu")]).await;
    assert_eq!(stage.discord.made()[0].body["components"][0]["components"][0]["custom_id"], "go");
}

#[tokio::test(start_paused = true)]
async fn where_discord_asks_to_wait_the_channel_waits_in_order_and_others_go_on() {
    let stage = Stage::new(on_messages(|made| (made.nth == 0).then(|| Answer::busy(30))));
    let mut dealt = Vec::new();
    for text in ["one", "two", "three"] {
        dealt.push(stage.deal(typed(), Kind::Channel, say(text)));
        yield_now().await;
    }
    let elsewhere = Way { channel: ChannelId::new(8), ..typed() };
    stage.deal(elsewhere, Kind::Channel, say("elsewhere")).await.unwrap();
    assert_eq!(stage.discord.made_at("POST /channels/8/messages")[0].at.as_secs(), 0);
    for dealt in dealt {
        dealt.await.unwrap();
    }
    let in_channel = stage.discord.made_at(MESSAGES);
    let texts: Vec<_> = in_channel.iter().map(|made| made.body["content"].as_str().unwrap()).collect();
    assert_eq!(texts, ["one", "one", "two", "three"]);
    assert_eq!(in_channel[1].at.as_secs(), 30);
}

fn say(text: &'static str) -> impl for<'a> FnOnce(&'a dyn Outbox) -> BoxFuture<'a, ()> {
    move |outbox| Box::pin(async move { outbox.send(reply(text)).await.unwrap() })
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_not_answered_is_sent_again_under_the_same_mark() {
    let stage = Stage::new(on_messages(|made| (made.nth < 3).then(Answer::passing)));
    let outcomes = said(&stage, typed(), Kind::Dm, vec![reply("first"), reply("second")]).await;
    assert_eq!(outcomes, [Ok(()), Ok(())]);
    assert_eq!(stage.discord.texts(), ["first", "first", "first", "first", "second"]);
    let marks: Vec<_> = stage.discord.made().iter().map(|made| made.body["nonce"].clone()).collect();
    assert!(marks[..4].iter().all(|mark| *mark == marks[0]), "Discord takes one of them only: {marks:?}");
    assert_ne!(marks[3], marks[4]);
}

#[tokio::test(start_paused = true)]
async fn a_message_is_given_up_when_discord_is_gone_for_minutes() {
    let stage = Stage::new(on_messages(|_| Some(Answer::passing())));
    let outcomes = said(&stage, typed(), Kind::Dm, vec![reply("lost")]).await;
    let why = "Discord did not take the message: the line is dead; it was tried for 5 minutes";
    assert_eq!(outcomes, [Err(why.to_owned())]);
    let made = stage.discord.made();
    assert!(made.len() < 25, "{}", made.len());
    assert!((300..340).contains(&made.last().unwrap().at.as_secs()), "{:?}", made.last());
}

#[tokio::test(start_paused = true)]
async fn waiting_that_discord_asks_for_is_no_reason_to_give_up() {
    let stage = Stage::new(on_messages(|made| match made.at.as_secs() {
        240..300 => Some(Answer::busy(100)),
        0..600 => Some(Answer::passing()),
        _ => None,
    }));
    assert_eq!(said(&stage, typed(), Kind::Dm, vec![reply("patient")]).await, [Ok(())]);
    assert!(stage.discord.made().last().unwrap().at >= Duration::from_mins(10));
}

#[rstest]
#[case(403, Code::CannotMessage, "CannotMessage (50007)")]
#[case(404, Code::UnknownChannel, "UnknownChannel (10003)")]
#[case(403, Code::MissingPermissions, "Send Messages in Threads")]
#[case(403, Code::MissingAccess, "View Channel")]
#[tokio::test(start_paused = true)]
async fn what_discord_will_never_take_is_given_up_at_once(
    #[case] status: u16,
    #[case] code: Code,
    #[case] words: &str,
) {
    let stage = Stage::new(on_messages(move |_| Some(Answer::refused(status, code))));
    let outcomes = said(&stage, typed(), Kind::Channel, vec![reply("x")]).await;
    let why = outcomes[0].clone().unwrap_err();
    assert!(why.starts_with("Discord did not take the message: ") && why.contains(words), "{why}");
    assert_eq!(stage.discord.lines(), [MESSAGES]);
}

#[rstest]
#[case(400, Code::InvalidForm)]
#[case(403, Code::MissingPermissions)]
#[tokio::test(start_paused = true)]
async fn a_form_that_discord_refuses_goes_plain_once(#[case] status: u16, #[case] code: Code) {
    let refuse = move |made: &Made| made.body.get("components").map(|_| Answer::refused(status, code));
    let stage = Stage::new(on_messages(refuse));
    let outcomes = said(&stage, typed(), Kind::Channel, vec![with_button("menu")]).await;
    assert_eq!(outcomes, [Ok(())]);
    assert_eq!(stage.discord.texts(), ["menu", "menu"]);
    let plain = &stage.discord.made()[1].body;
    assert!(plain.get("message_reference").is_none() && plain.get("embeds").is_none(), "{plain}");
    let stage = Stage::new(on_messages(move |_| Some(Answer::refused(status, code))));
    let outcomes = said(&stage, typed(), Kind::Channel, vec![with_button("menu")]).await;
    let why = outcomes[0].clone().unwrap_err();
    assert!(why.starts_with(&format!("Discord did not take the message: {code:?} ({})", code as u64)), "{why}");
    assert_eq!(stage.discord.lines().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_bot_that_may_not_read_what_was_written_answers_without_naming_it() {
    let refuse = |made: &Made| made.body.get("message_reference").map(|_| Answer::refused(403, Code::CannotReply));
    let stage = Stage::new(on_messages(refuse));
    assert_eq!(said(&stage, typed(), Kind::Channel, vec![reply("x")]).await, [Ok(())]);
    assert_eq!(stage.discord.lines().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_sign_of_writing_is_shown_again_until_the_answer_is_there() {
    let stage = Stage::new(|_| None);
    let dealt = stage.deal(typed(), Kind::Channel, |outbox| {
        Box::pin(async move {
            outbox.typing().await;
            sleep(Duration::from_secs(20)).await;
            outbox.send(reply("done")).await.unwrap();
            sleep(Duration::from_mins(1)).await;
        })
    });
    dealt.await.unwrap();
    let shown = stage.discord.made_at("POST /channels/7/typing");
    let at: Vec<_> = shown.iter().map(|made| made.at.as_secs()).collect();
    assert_eq!(at, [0, 8, 16]);
    assert_eq!(shown[0].body, json!(null));
}
