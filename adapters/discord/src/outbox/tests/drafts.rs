//! Answers that can be watched while they are written.

use std::time::Duration;

use modelpin_chat::{BoxFuture, Kind, Outbox, Reply, Visibility};
use tokio::time::sleep;

use super::MESSAGES;
use crate::api::Code;
use crate::scripted::{Answer, Made, Stage, command, press, private_reply, reply, typed};
use crate::way::Way;

/// A word each 50 ms for ten seconds, then the whole.
fn write(outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    write_and_say(outbox, reply("the whole"))
}

fn write_privately(outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    write_and_say(outbox, private_reply("the whole"))
}

fn write_and_say(outbox: &dyn Outbox, whole: Reply) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let mut text = String::new();
        for number in 0..200 {
            text.push_str(&format!("word{number} "));
            let _ = outbox.draft(&text).await;
            sleep(Duration::from_millis(50)).await;
        }
        outbox.send(whole).await.unwrap();
    })
}

/// The same, and then nothing.
fn write_only(outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        for number in 0..20 {
            let text: String = (0..=number).map(|number| format!("word{number} ")).collect();
            let _ = outbox.draft(text.trim_end()).await;
            sleep(Duration::from_millis(50)).await;
        }
    })
}

async fn watched(
    way: Way,
    act: impl for<'a> FnOnce(&'a dyn Outbox) -> BoxFuture<'a, ()> + Send + 'static,
    script: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static,
) -> Stage {
    let stage = Stage::new(script);
    stage.deal(way, Kind::Channel, act).await.unwrap();
    stage
}

fn edits(stage: &Stage) -> Vec<Made> {
    stage.discord.made().into_iter().filter(|made| made.line.starts_with("PATCH")).collect()
}

#[tokio::test(start_paused = true)]
async fn one_message_grows_and_becomes_the_reply() {
    let stage = watched(typed(), write, |_| None).await;
    let sent = stage.discord.made_at(MESSAGES);
    assert_eq!(sent.len(), 1, "one message");
    assert_eq!(sent[0].body["message_reference"]["message_id"], "5");
    let edits = edits(&stage);
    assert!((8..=11).contains(&edits.len()), "{}", edits.len());
    assert!(edits.iter().all(|edit| edit.line == "PATCH /channels/7/messages/1000"));
    for pair in edits[..edits.len() - 1].windows(2) {
        assert!(pair[1].at.checked_sub(pair[0].at).unwrap() >= Duration::from_secs(1), "at most one a second");
        let text = |made: &Made| made.body["content"].as_str().unwrap().to_owned();
        assert!(text(&pair[1]).starts_with(&text(&pair[0])), "it only grows");
    }
    let last = edits.last().unwrap();
    assert_eq!(last.body["content"], "the whole");
    assert!(last.at < Duration::from_millis(10_200), "no draft delays the reply: {:?}", last.at);
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_a_command_grows_in_the_place_of_the_sign_of_thinking() {
    let stage = watched(command(Visibility::Chat), write, |_| None).await;
    let short = stage.short();
    assert!(short.len() >= 8 && short.iter().all(|line| line == "PATCH @original"), "{short:?}");
    assert_eq!(stage.discord.texts().last().unwrap(), "the whole");
}

#[tokio::test(start_paused = true)]
async fn what_one_person_sees_alone_is_not_drafted() {
    let stage = watched(command(Visibility::Private), write_privately, |_| None).await;
    assert_eq!(stage.discord.texts(), ["the whole"]);
}

#[tokio::test(start_paused = true)]
async fn a_draft_whose_answer_is_for_one_person_is_taken_away() {
    let stage = watched(command(Visibility::Chat), write_privately, |_| None).await;
    let short = stage.short();
    assert_eq!(short[short.len() - 2..], ["DELETE @original", "POST follow-up"]);
    assert_eq!(stage.discord.made().last().unwrap().body["flags"], 64);
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_a_press_grows_below_and_leaves_the_button() {
    for private in [true, false] {
        let stage = watched(press(private), write, |_| None).await;
        let short = stage.short();
        assert_eq!(short[0], "POST follow-up");
        assert!(short[1..].iter().all(|line| line == "PATCH 2000"), "{short:?}");
        assert!(stage.discord.made()[1].body.get("flags").is_none());
        assert_eq!(stage.discord.texts().last().unwrap(), "the whole");
    }
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_somebody_deletes_is_shown_anew() {
    let deleted = |made: &Made| {
        (made.line == "PATCH /channels/7/messages/1000" && made.at > Duration::from_secs(4))
            .then(|| Answer::refused(404, Code::UnknownMessage))
    };
    let stage = watched(typed(), write, deleted).await;
    assert_eq!(stage.discord.made_at(MESSAGES).len(), 2);
    let last = edits(&stage).pop().unwrap();
    assert_eq!((last.line.as_str(), &last.body["content"]), ("PATCH /channels/7/messages/1001", &"the whole".into()));
    let deleted = |made: &Made| {
        (made.line.contains("@original") && made.at > Duration::from_secs(4))
            .then(|| Answer::refused(404, Code::UnknownMessage))
    };
    let stage = watched(command(Visibility::Chat), write, deleted).await;
    assert_eq!(edits(&stage).pop().unwrap().line, "PATCH /webhooks/9/<31>/messages/2000");
}

#[tokio::test(start_paused = true)]
async fn a_reply_whose_draft_is_gone_is_a_new_message() {
    let deleted = |made: &Made| {
        (made.line.starts_with("PATCH") && made.body["content"] == "the whole")
            .then(|| Answer::refused(404, Code::UnknownMessage))
    };
    let stage = watched(typed(), write, deleted).await;
    assert_eq!(stage.discord.made().last().unwrap().line, MESSAGES);
    assert_eq!(stage.discord.texts().last().unwrap(), "the whole");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_a_quarter_of_an_hour_ends_where_it_began() {
    let expires = |made: &Made| {
        (made.line.contains("/webhooks/") && made.at > Duration::from_secs(4))
            .then(|| Answer::refused(404, Code::UnknownWebhook))
    };
    let stage = watched(command(Visibility::Chat), write, expires).await;
    let last = stage.discord.made().pop().unwrap();
    assert_eq!((last.line.as_str(), &last.body["content"]), ("PATCH /channels/7/messages/900", &"the whole".into()));
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_no_reply_follows_is_shown_to_its_end() {
    let whole: String = (0..20).map(|number| format!("word{number} ")).collect();
    for way in [typed(), command(Visibility::Chat), command(Visibility::Private), press(true)] {
        let stage = watched(way.clone(), write_only, |_| None).await;
        assert_eq!(stage.discord.texts().last().unwrap(), whole.trim_end(), "{way:?}");
        assert!(!stage.short().iter().any(|line| line.starts_with("DELETE")), "{way:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_second_draft_is_begun_where_the_first_may_be_there() {
    let lost = |made: &Made| (made.line == MESSAGES && made.nth == 0).then(Answer::passing);
    let stage = watched(typed(), write, lost).await;
    assert_eq!(stage.discord.made_at(MESSAGES).len(), 2, "the draft and the reply");
    assert_eq!(edits(&stage), []);
    assert_eq!(stage.discord.texts().last().unwrap(), "the whole");
}

#[tokio::test(start_paused = true)]
async fn a_draft_is_left_out_while_discord_asks_to_wait() {
    let busy = |made: &Made| (made.line.starts_with("PATCH") && made.nth == 1).then(|| Answer::busy(5));
    let stage = watched(typed(), write, busy).await;
    let edits = edits(&stage);
    assert!(edits[2].at.checked_sub(edits[1].at).unwrap() >= Duration::from_secs(5));
    assert_eq!(edits.last().unwrap().body["content"], "the whole");
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_takes_nothing_is_told_to_whoever_writes() {
    fn write_until_told(outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            outbox.draft("one").await.unwrap();
            sleep(Duration::from_secs(3)).await;
            let why = outbox.draft("one two").await.unwrap_err();
            assert!(why.0.contains("Send Messages"), "{why}");
        })
    }
    let refuse = |made: &Made| (made.line == MESSAGES).then(|| Answer::refused(403, Code::MissingPermissions));
    watched(typed(), write_until_told, refuse).await;
}

#[tokio::test(start_paused = true)]
async fn a_long_answer_goes_on_in_further_messages_and_nothing_of_a_longer_draft_stays() {
    fn write_much(outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            for length in [100, 1_900, 3_900, 5_000] {
                let _ = outbox.draft(&"x".repeat(length)).await;
                sleep(Duration::from_secs(4)).await;
            }
            outbox.send(reply(&"x".repeat(3_000))).await.unwrap();
        })
    }
    let stage = watched(typed(), write_much, |_| None).await;
    assert_eq!(stage.discord.made_at(MESSAGES).len(), 3);
    assert_eq!(stage.discord.made().pop().unwrap().line, "DELETE /channels/7/messages/1002");
    let stage = watched(command(Visibility::Chat), write_much, |_| None).await;
    assert_eq!(stage.discord.made_at("POST /webhooks/9/<31>").len(), 2);
    assert_eq!(stage.discord.made().pop().unwrap().line, "DELETE /webhooks/9/<31>/messages/2001");
}

#[tokio::test(start_paused = true)]
async fn the_sign_of_writing_ends_where_something_can_be_read() {
    fn think(outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            outbox.typing().await;
            sleep(Duration::from_secs(10)).await;
            let _ = outbox.draft("one").await;
            sleep(Duration::from_secs(30)).await;
            outbox.send(reply("one two")).await.unwrap();
        })
    }
    let stage = watched(typed(), think, |_| None).await;
    assert_eq!(stage.discord.made_at("POST /channels/7/typing").len(), 2);
}
