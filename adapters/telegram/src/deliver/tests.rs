#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use modelpin_chat::{BoxFuture, Inbound, Outbox};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::scripted::{Drawer, Made, Scene, message, reply, text_of};

fn echo(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move { outbox.send(reply(&text_of(&inbound))).await.unwrap() })
}

/// The first message of each chat takes until the end of time.
fn hang(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        if text_of(&inbound) == "hang" {
            std::future::pending::<()>().await;
        }
        outbox.send(reply(&text_of(&inbound))).await.unwrap();
    })
}

#[tokio::test(start_paused = true)]
async fn what_was_left_and_means_nothing_any_more_is_let_go() {
    let inbox = Drawer::with(&[message(1, 7, "hello")]);
    inbox.pending.lock().unwrap().insert(2, "{".to_owned());
    inbox.pending.lock().unwrap().insert(3, json!({"update_id": 3, "poll": {}}).to_string());
    let scene = Scene::begin(inbox, echo, |_| None);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.heard(), ["hello"]);
    assert_eq!(scene.inbox.left(), [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_for_another_ones_end() {
    let updates = vec![message(1, 7, "hang"), message(2, 7, "same chat"), message(3, 8, "other chat")];
    let scene = Scene::with(updates, hang, |_| None);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.telegram.texts(), ["same chat", "other chat"]);
    assert_eq!(scene.inbox.left(), [1]);
}

#[tokio::test(start_paused = true)]
async fn five_hundred_messages_of_ten_chats_are_begun_in_order_in_each() {
    let updates: Vec<_> = (0..500_u32).map(|n| message(n + 1, i64::from(n % 10) + 1, &n.to_string())).collect();
    let scene = Scene::begin(Drawer::default(), echo, move |made: &Made| {
        let from = usize::try_from(made.arguments["offset"].as_u64().unwrap_or(1) - 1).unwrap();
        (made.method == "getUpdates" && from < updates.len())
            .then(|| crate::scripted::Answer::ok(json!(updates[from..(from + 100).min(updates.len())])))
    });
    sleep(Duration::from_secs(100)).await;
    for chat in 1..=10_i64 {
        let expected: Vec<String> = (0..500_i64).filter(|n| n % 10 == chat - 1).map(|n| n.to_string()).collect();
        let heard = scene.actor.heard.lock().unwrap();
        let begun: Vec<String> =
            heard.iter().filter(|inbound| inbound.conversation.peer == chat.to_string()).map(text_of).collect();
        assert_eq!(begun, expected);
        drop(heard);
        let sent = scene.telegram.made("sendMessage");
        let said: Vec<String> = sent
            .iter()
            .filter(|made| made.arguments["chat_id"] == chat)
            .map(|made| made.arguments["text"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(said, expected, "and answered in order");
    }
    assert_eq!(scene.inbox.done().len(), 500);
}

/// A task that has done as much as tokio lets one do at a time is sent away in the middle of it.
#[tokio::test(start_paused = true)]
async fn five_hundred_messages_that_come_in_one_chat_at_once_are_begun_in_order() {
    fn work(_: Inbound, _: &dyn Outbox) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            drop(tokio::sync::Mutex::new(()).lock().await);
            std::future::pending::<()>().await;
        })
    }
    let written: Vec<Value> = (1..=500).map(|id| message(id, 7, &id.to_string())).collect();
    let scene = Scene::with(written, work, |_| None);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(scene.heard(), (1..=500).map(|id| id.to_string()).collect::<Vec<_>>());
}
