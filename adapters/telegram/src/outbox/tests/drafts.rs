//! Answers that can be watched while they are written.

use std::time::Duration;

use modelpin_chat::{BoxFuture, Inbound, Outbox};
use tokio::time::sleep;

use crate::scripted::{Answer, Made, Scene, message, reply};

/// A word each 50 ms for ten seconds, then the whole.
fn write(_: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let mut text = String::new();
        for number in 0..200 {
            text.push_str(&format!("word{number} "));
            let _ = outbox.draft(&text).await;
            sleep(Duration::from_millis(50)).await;
        }
        outbox.send(reply("the whole")).await.unwrap();
    })
}

/// The same, and then nothing.
fn write_only(_: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        for number in 0..20 {
            let text: String = (0..=number).map(|number| format!("word{number} ")).collect();
            let _ = outbox.draft(text.trim_end()).await;
            sleep(Duration::from_millis(50)).await;
        }
    })
}

fn edits(scene: &Scene) -> Vec<Made> {
    scene.telegram.made("editMessageText")
}

#[tokio::test(start_paused = true)]
async fn one_message_grows_and_becomes_the_reply() {
    let scene = Scene::with(vec![message(1, 7, "x")], write, |_| None);
    sleep(Duration::from_secs(20)).await;
    let edits = edits(&scene);
    assert!((8..=11).contains(&edits.len()), "{}", edits.len());
    let sent = scene.telegram.made("sendMessage");
    assert_eq!(sent.len(), 1, "one message");
    assert!(
        edits[0].at.checked_sub(sent[0].at).unwrap() >= Duration::from_secs(1),
        "not before one could read the beginning"
    );
    for pair in edits[..edits.len() - 1].windows(2) {
        assert!(pair[1].at.checked_sub(pair[0].at).unwrap() >= Duration::from_secs(1), "at most one a second");
        let text = |made: &Made| made.arguments["text"].as_str().unwrap().to_owned();
        assert!(text(&pair[1]).starts_with(text(&pair[0]).trim_end()), "it only grows");
    }
    let last = edits.last().unwrap();
    assert_eq!(last.arguments["text"], "the whole");
    assert_eq!(last.arguments["message_id"], 1_000);
    assert!(last.at < Duration::from_millis(10_200), "no draft delays the reply: {:?}", last.at);
}

#[tokio::test(start_paused = true)]
async fn in_groups_it_grows_less_often() {
    let scene = Scene::with(vec![message(1, -7, "x")], write, |_| None);
    sleep(Duration::from_secs(20)).await;
    let edits = edits(&scene);
    assert!((2..=5).contains(&edits.len()), "{}", edits.len());
    assert_eq!(edits.last().unwrap().arguments["text"], "the whole");
    assert!(edits.last().unwrap().at < Duration::from_millis(10_200));
    assert_eq!(scene.telegram.made("sendMessage")[0].arguments["reply_parameters"]["message_id"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_somebody_deletes_is_shown_anew() {
    let scene = Scene::with(vec![message(1, 7, "x")], write, |made: &Made| {
        (made.method == "editMessageText" && made.arguments["message_id"] == 1_000 && made.at > Duration::from_secs(4))
            .then(|| Answer::refused(400, "Bad Request: message to edit not found"))
    });
    sleep(Duration::from_secs(20)).await;
    assert_eq!(scene.telegram.made("sendMessage").len(), 2);
    let last = edits(&scene).pop().unwrap();
    assert_eq!(
        (last.arguments["text"].as_str(), last.arguments["message_id"].as_i64()),
        (Some("the whole"), Some(1_001))
    );
}

#[tokio::test(start_paused = true)]
async fn a_reply_whose_draft_is_gone_is_a_new_message() {
    let scene = Scene::with(vec![message(1, 7, "x")], write, |made: &Made| {
        (made.method == "editMessageText" && made.arguments["text"] == "the whole")
            .then(|| Answer::refused(400, "Bad Request: message to edit not found"))
    });
    sleep(Duration::from_secs(20)).await;
    let sent = scene.telegram.made("sendMessage");
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1].arguments["text"], "the whole");
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_no_reply_follows_is_shown_to_its_end() {
    let scene = Scene::with(vec![message(1, 7, "x")], write_only, |_| None);
    sleep(Duration::from_secs(5)).await;
    let whole: String = (0..20).map(|number| format!("word{number} ")).collect();
    assert_eq!(edits(&scene).last().unwrap().arguments["text"].as_str(), Some(whole.trim_end()));
    assert_eq!(scene.telegram.made("sendMessage").len(), 1);
    assert_eq!(scene.inbox.left(), [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn no_second_draft_is_begun_where_the_first_may_be_there() {
    let scene = Scene::with(vec![message(1, 7, "x")], write, |made: &Made| {
        (made.method == "sendMessage" && made.nth == 0).then(Answer::passing)
    });
    sleep(Duration::from_secs(20)).await;
    assert_eq!(scene.telegram.made("sendMessage").len(), 2, "the draft and the reply");
    assert_eq!(edits(&scene), []);
    assert_eq!(scene.telegram.texts().last().unwrap(), "the whole");
}

#[tokio::test(start_paused = true)]
async fn a_draft_is_left_out_while_telegram_asks_to_wait() {
    let scene = Scene::with(vec![message(1, 7, "x")], write, |made: &Made| {
        (made.method == "editMessageText" && made.nth == 1).then(|| Answer::busy(5))
    });
    sleep(Duration::from_secs(30)).await;
    let edits = edits(&scene);
    assert!(edits[2].at.checked_sub(edits[1].at).unwrap() >= Duration::from_secs(5));
    assert_eq!(edits.last().unwrap().arguments["text"], "the whole");
}

#[tokio::test(start_paused = true)]
async fn a_long_answer_goes_on_in_further_messages() {
    fn write_much(_: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let line = "some words in a line\n";
            for lines in [10, 100, 300, 500] {
                let _ = outbox.draft(&line.repeat(lines)).await;
                sleep(Duration::from_secs(4)).await;
            }
            outbox.send(reply(&line.repeat(500))).await.unwrap();
        })
    }
    let scene = Scene::with(vec![message(1, 7, "x")], write_much, |_| None);
    sleep(Duration::from_mins(1)).await;
    let sent = scene.telegram.made("sendMessage");
    assert_eq!(sent.len(), 3, "10,500 characters are three messages");
    assert!(sent.iter().all(|made| made.arguments["text"].as_str().unwrap().len() <= 4_200));
}
