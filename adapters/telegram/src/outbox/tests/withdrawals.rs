//! Messages that are taken out of the conversation.

use std::sync::Mutex;
use std::time::Duration;

use modelpin_chat::{BoxFuture, Inbound, Outbox, OutboxError, Withdrawal};
use rstest::rstest;
use serde_json::json;
use tokio::time::sleep;

use crate::scripted::{Answer, Made, Scene, message, press, reply};

/// Takes the message back and says what became of it.
fn take_back(_: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let text = match outbox.withdraw().await {
            Ok(Withdrawal::Gone) => "gone".to_owned(),
            Ok(Withdrawal::Asked) => "asked".to_owned(),
            Ok(Withdrawal::Impossible) => "impossible".to_owned(),
            Err(OutboxError(why)) => why,
        };
        outbox.send(reply(&text)).await.unwrap();
    })
}

async fn told(chat: i64, answer: Option<(u16, &'static str)>) -> (String, Vec<Made>) {
    let scene = Scene::with(vec![message(1, chat, "sk-test-abc")], take_back, move |made: &Made| {
        (made.method == "deleteMessage").then(|| answer.map(|(code, words)| Answer::refused(code, words))).flatten()
    });
    sleep(Duration::from_secs(5)).await;
    (scene.telegram.texts().concat(), scene.telegram.made("deleteMessage"))
}

#[rstest]
#[case(7, None, "gone")]
#[case(-7, Some((400, "Bad Request: message to delete not found")), "gone")]
#[case(-7, Some((400, "Bad Request: message can't be deleted")), "Make the bot an administrator who may delete messages")]
#[case(-7, Some((400, "Bad Request: message can't be deleted for everyone")), "48 hours")]
#[case(7, Some((400, "Bad Request: message can't be deleted for everyone")), "48 hours")]
#[case(-7, Some((400, "Bad Request: CHAT_ADMIN_REQUIRED")), "Make the bot an administrator who may delete messages")]
#[case(-7, Some((403, "Forbidden: bot was kicked from the group chat")), "Telegram did not delete the message: Forbidden")]
#[tokio::test(start_paused = true)]
async fn what_became_of_it_is_said(#[case] chat: i64, #[case] answer: Option<(u16, &'static str)>, #[case] said: &str) {
    let (text, deletions) = told(chat, answer).await;
    assert!(text.contains(said), "{text}");
    assert_eq!(deletions.len(), 1, "it is tried once");
    assert_eq!(deletions[0].arguments, json!({"chat_id": chat, "message_id": 1}));
}

#[tokio::test(start_paused = true)]
async fn the_warning_does_not_wait_for_a_telegram_that_hangs() {
    let scene = Scene::with(vec![message(1, 7, "sk-test-abc")], take_back, |made: &Made| {
        (made.method == "deleteMessage").then(|| Answer::ok(json!(true)).after(Duration::from_hours(1)))
    });
    sleep(Duration::from_secs(6)).await;
    assert_eq!(scene.telegram.made("sendMessage").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn it_does_not_wait_its_turn() {
    // Everything said in the chat waits for a minute.
    static TEXTS: Mutex<usize> = Mutex::new(0);
    fn say_first(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
        *TEXTS.lock().unwrap() += 1;
        if *TEXTS.lock().unwrap() == 1 {
            return Box::pin(async move { outbox.send(reply("hello")).await.unwrap() });
        }
        take_back(inbound, outbox)
    }
    let updates = vec![message(1, 7, "hello"), message(2, 7, "sk-test-abc")];
    let scene = Scene::with(updates, say_first, |made: &Made| {
        (made.method == "sendMessage" && made.nth == 0).then(|| Answer::busy(60))
    });
    sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.telegram.made("deleteMessage").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_press_is_no_message() {
    let scene = Scene::with(vec![press(1, 7, "x")], take_back, |_| None);
    sleep(Duration::from_secs(1)).await;
    assert!(scene.telegram.made("deleteMessage").is_empty());
    assert_eq!(scene.telegram.texts(), ["impossible"]);
}
