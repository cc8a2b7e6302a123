//! Messages that are taken out of the conversation.

use std::time::Duration;

use modelpin_chat::{BoxFuture, Kind, Outbox, OutboxError, Visibility, Withdrawal};
use rstest::rstest;
use serde_json::Value;
use tokio::task::yield_now;

use crate::api::Code;
use crate::scripted::{Answer, Made, Stage, command, press, private_reply, reply, typed};

const DELETION: &str = "DELETE /channels/7/messages/5";

/// Takes the message back and says what became of it.
fn take_back(outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let text = match outbox.withdraw().await {
            Ok(Withdrawal::Gone) => "gone".to_owned(),
            Ok(Withdrawal::Asked) => "asked".to_owned(),
            Ok(Withdrawal::Impossible) => "impossible".to_owned(),
            Err(OutboxError(why)) => why,
        };
        outbox.send(private_reply(&text)).await.unwrap();
    })
}

#[rstest]
#[case(None, "gone")]
#[case(Some((404, Code::UnknownMessage)), "gone")]
#[case(Some((403, Code::MissingPermissions)), "Give the bot the permission Manage Messages")]
#[case(Some((404, Code::UnknownChannel)), "Discord did not delete the message: UnknownChannel (10003)")]
#[tokio::test(start_paused = true)]
async fn what_became_of_it_is_said(#[case] answer: Option<(u16, Code)>, #[case] said: &str) {
    let stage = Stage::new(move |made: &Made| {
        (made.line == DELETION).then(|| answer.map(|(status, code)| Answer::refused(status, code))).flatten()
    });
    stage.deal(typed(), Kind::Channel, take_back).await.unwrap();
    let text = stage.discord.texts().concat();
    assert!(text.contains(said), "{text}");
    assert_eq!(stage.discord.made_at(DELETION).len(), 1, "it is tried once");
}

#[tokio::test(start_paused = true)]
async fn in_private_nothing_of_a_person_can_be_deleted() {
    let stage = Stage::new(|_| None);
    stage.deal(typed(), Kind::Dm, take_back).await.unwrap();
    assert_eq!(stage.discord.made_at(DELETION), []);
    assert_eq!(stage.discord.texts(), ["impossible"]);
}

#[tokio::test(start_paused = true)]
async fn the_warning_does_not_wait_for_a_discord_that_hangs() {
    let stage = Stage::new(|made: &Made| {
        (made.line == DELETION).then(|| Answer::ok(Value::Null).after(Duration::from_hours(1)))
    });
    stage.deal(typed(), Kind::Channel, take_back).await.unwrap();
    assert!(stage.discord.made().last().unwrap().at < Duration::from_secs(6));
}

#[tokio::test(start_paused = true)]
async fn it_does_not_wait_its_turn() {
    let stage =
        Stage::new(|made: &Made| (made.line == "POST /channels/7/messages" && made.nth == 0).then(|| Answer::busy(60)));
    let first =
        stage.deal(typed(), Kind::Channel, |outbox| Box::pin(async move { outbox.send(reply("x")).await.unwrap() }));
    yield_now().await;
    let second = stage.deal(typed(), Kind::Channel, take_back);
    first.await.unwrap();
    second.await.unwrap();
    assert!(stage.discord.made_at(DELETION)[0].at < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn what_was_filled_in_leaves_nothing_that_others_see() {
    let stage = Stage::new(|_| None);
    stage.deal(command(Visibility::Chat), Kind::Channel, take_back).await.unwrap();
    assert_eq!(stage.short(), ["DELETE @original", "POST follow-up"]);
    assert_eq!(stage.discord.made().last().unwrap().body["flags"], 64);
    for way in [command(Visibility::Private), press(true)] {
        let stage = Stage::new(|_| None);
        stage.deal(way, Kind::Channel, take_back).await.unwrap();
        assert_eq!(stage.short(), ["PATCH @original"]);
        assert_eq!(stage.discord.texts(), ["gone"]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_follows_on_something_taken_back_is_for_one_person() {
    let stage = Stage::new(|_| None);
    let dealt = stage.deal(command(Visibility::Chat), Kind::Channel, |outbox| {
        Box::pin(async move {
            outbox.withdraw().await.unwrap();
            outbox.draft("a part").await.unwrap();
            outbox.send(reply("for all")).await.unwrap();
        })
    });
    dealt.await.unwrap();
    assert_eq!(stage.short(), ["DELETE @original", "POST follow-up"]);
    assert_eq!(stage.discord.made().last().unwrap().body["flags"], 64);
}
