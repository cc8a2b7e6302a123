#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use modelpin_chat::{Kind, Visibility};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

use super::{Acknowledged, Acknowledgement};
use crate::api::Code;
use crate::scripted::{Answer, Made, Stage, command, press, reply, typed};
use crate::way::Way;

async fn outcome(
    way: &Way,
    script: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static,
) -> (Acknowledged, Vec<Made>, Duration) {
    let stage = Stage::new(script);
    let begin = Instant::now();
    let acknowledgement = Acknowledgement::begin(&stage.line, way.interaction.as_ref().unwrap());
    let outcome = acknowledgement.outcome().await;
    assert_eq!(acknowledgement.outcome().await, outcome, "it can be asked again");
    (outcome, stage.discord.made(), begin.elapsed())
}

#[rstest]
#[case(command(Visibility::Chat), json!({"type": 5}))]
#[case(command(Visibility::Private), json!({"type": 5, "data": {"flags": 64}}))]
#[case(press(true), json!({"type": 6}))]
#[case(press(false), json!({"type": 6}))]
#[tokio::test(start_paused = true)]
async fn what_was_done_is_acknowledged_as_what_it_was(#[case] way: Way, #[case] body: Value) {
    let (outcome, made, _) = outcome(&way, |_| None).await;
    assert_eq!(outcome, Acknowledged::Yes);
    assert_eq!(made.len(), 1);
    assert_eq!((made[0].line.as_str(), &made[0].body), ("POST /interactions/31/<31>/callback", &body));
}

#[tokio::test(start_paused = true)]
async fn it_waits_for_nobody() {
    let stage = Stage::new(|_| None);
    let way = command(Visibility::Chat);
    let _unheeded = Acknowledgement::begin(&stage.line, way.interaction.as_ref().unwrap());
    // Whatever is done meanwhile.
    sleep(Duration::from_millis(1)).await;
    assert_eq!(stage.discord.lines(), ["POST /interactions/31/<31>/callback"]);
}

#[tokio::test(start_paused = true)]
async fn it_is_there_long_before_a_handler_that_hangs_and_once() {
    let stage = Stage::new(|_| None);
    let dealt = stage.deal(command(Visibility::Chat), Kind::Channel, |outbox| {
        Box::pin(async move {
            sleep(Duration::from_secs(10)).await;
            outbox.send(reply("late")).await.unwrap();
            outbox.send(reply("later")).await.unwrap();
        })
    });
    dealt.await.unwrap();
    let made = stage.discord.made();
    let callbacks: Vec<&Made> = made.iter().filter(|made| made.line.ends_with("/callback")).collect();
    assert_eq!(callbacks.len(), 1);
    assert!(callbacks[0].at < Duration::from_millis(10), "{:?}", callbacks[0].at);
    assert_eq!(stage.short(), ["PATCH @original", "POST follow-up"]);
}

#[tokio::test(start_paused = true)]
async fn it_is_there_long_before_what_else_is_said_in_the_channel() {
    let hangs = |made: &Made| {
        made.line.ends_with("/messages").then(|| Answer::ok(json!({"id": "1"})).after(Duration::from_secs(10)))
    };
    let stage = Stage::new(hangs);
    let first =
        stage.deal(typed(), Kind::Channel, |outbox| Box::pin(async move { outbox.send(reply("slow")).await.unwrap() }));
    yield_now().await;
    let second = stage.deal(command(Visibility::Chat), Kind::Channel, |outbox| {
        Box::pin(async move { outbox.send(reply("waits")).await.unwrap() })
    });
    first.await.unwrap();
    second.await.unwrap();
    let at: Vec<_> = stage.discord.made().into_iter().map(|made| (made.line, made.at.as_secs())).collect();
    let expected = [
        ("POST /channels/7/messages".to_owned(), 0),
        ("POST /interactions/31/<31>/callback".to_owned(), 0),
        ("PATCH /webhooks/9/<31>/messages/@original".to_owned(), 10),
    ];
    assert_eq!(at, expected);
}

#[tokio::test(start_paused = true)]
async fn one_that_was_lost_on_the_way_is_sent_again_in_time() {
    let (acknowledged, made, _) = outcome(&press(true), |made| (made.nth == 0).then(Answer::passing)).await;
    assert_eq!((acknowledged, made.len()), (Acknowledged::Yes, 2));
    let hangs = |made: &Made| (made.nth == 0).then(|| Answer::ok(Value::Null).after(Duration::from_secs(20)));
    let (acknowledged, made, took) = outcome(&press(true), hangs).await;
    assert_eq!((acknowledged, made.len()), (Acknowledged::Yes, 2));
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn it_is_given_up_when_discord_would_not_take_it_any_more() {
    let silent = |_: &Made| Some(Answer::ok(Value::Null).after(Duration::from_secs(20)));
    let (acknowledged, made, took) = outcome(&press(true), silent).await;
    assert_eq!((acknowledged, made.len()), (Acknowledged::Unknown, 2));
    assert!(took < Duration::from_secs(3), "{took:?}");
    let (acknowledged, _, took) = outcome(&press(true), |_| Some(Answer::busy(20))).await;
    assert_eq!(acknowledged, Acknowledged::Unknown);
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[rstest]
#[case(400, Code::AlreadyAcknowledged, Acknowledged::Yes)]
#[case(404, Code::UnknownInteraction, Acknowledged::No)]
#[case(403, Code::MissingAccess, Acknowledged::No)]
#[tokio::test(start_paused = true)]
async fn what_discord_refuses_is_not_sent_again(
    #[case] status: u16,
    #[case] code: Code,
    #[case] expected: Acknowledged,
) {
    let (outcome, made, _) = outcome(&press(true), move |_| Some(Answer::refused(status, code))).await;
    assert_eq!((outcome, made.len()), (expected, 1));
}

#[tokio::test(start_paused = true)]
async fn the_second_attempt_may_show_that_the_first_had_arrived() {
    let (outcome, made, _) = outcome(&press(true), |made| match made.nth {
        0 => Some(Answer::passing()),
        _ => Some(Answer::refused(400, Code::AlreadyAcknowledged)),
    })
    .await;
    assert_eq!((outcome, made.len()), (Acknowledged::Yes, 2));
}
