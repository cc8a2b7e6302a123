#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use modelpin_chat::{BoxFuture, Inbound, Outbox};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::ServeFault;
use crate::scripted::{Answer, Drawer, Made, Scene, message, reply, text_of};
use modelpin_delivery::Link;

fn echo(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move { outbox.send(reply(&text_of(&inbound))).await.unwrap() })
}

fn ignore(_inbound: Inbound, _outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(std::future::ready(()))
}

/// "slow" takes an hour, "quick" two seconds.
fn linger(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let text = text_of(&inbound);
        sleep(Duration::from_secs(if text == "slow" { 3_600 } else { 2 })).await;
        outbox.send(reply(&text)).await.unwrap();
    })
}

#[tokio::test(start_paused = true)]
async fn what_was_left_is_handled_first_and_in_order() {
    let left = Drawer::with(&[message(5, 7, "first"), message(6, 7, "second")]);
    let scene = Scene::begin(left, echo, |made: &Made| {
        (made.method == "getUpdates" && made.nth == 0)
            .then(|| Answer::ok(json!([message(6, 7, "second"), message(7, 7, "third")])))
    });
    sleep(Duration::from_mins(1)).await;
    assert_eq!(scene.heard(), ["first", "second", "third"]);
    assert_eq!(scene.telegram.texts(), ["first", "second", "third"]);
    assert_eq!(scene.inbox.done(), [5, 6, 7]);
    assert_eq!(scene.telegram.made("getUpdates")[0].arguments["offset"], 7);
    assert_eq!(scene.state.borrow().bot.as_deref(), Some("pin_bot"));
    assert_eq!(scene.link(), Link::Up);
    let ids: Vec<_> = scene.actor.heard.lock().unwrap().iter().map(|inbound| inbound.id.clone()).collect();
    assert_eq!(ids, [5, 6, 7].map(|id: u32| Some(id.to_string())));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_before_it_is_known_what_was_left() {
    let inbox = Drawer::default();
    *inbox.failures.lock().unwrap() = 2;
    let scene = Scene::begin(inbox, ignore, |_| None);
    sleep(Duration::from_millis(500)).await;
    assert_eq!(scene.link(), Link::Down("the drawer is stuck".to_owned()));
    assert_eq!(scene.telegram.methods(), [""; 0]);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(scene.link(), Link::Up);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_not_known_ends_it_at_once() {
    for code in [401, 404] {
        let refuse = move |made: &Made| (made.method == "getMe").then(|| Answer::refused(code, "Unauthorized"));
        let scene = Scene::begin(Drawer::default(), ignore, refuse);
        let (telegram, state) = (std::sync::Arc::clone(&scene.telegram), scene.state.clone());
        let fault = scene.end().await.unwrap_err();
        assert!(matches!(&fault, ServeFault::TokenRefused { account, .. } if account == "default"), "{fault}");
        assert!(fault.to_string().contains("@BotFather"), "it says what to do: {fault}");
        assert!(!fault.to_string().contains("TEST-token"));
        assert_eq!(state.borrow().link, Link::Refused("Unauthorized".to_owned()));
        assert_eq!(telegram.made("getMe").len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_taken_back_ends_it_when_it_is_noticed() {
    let refuse =
        |made: &Made| (made.method == "getUpdates" && made.nth == 3).then(|| Answer::refused(401, "Unauthorized"));
    let scene = Scene::begin(Drawer::default(), ignore, refuse);
    assert!(matches!(scene.end().await, Err(ServeFault::TokenRefused { .. })));
}

#[tokio::test(start_paused = true)]
async fn without_a_network_it_is_tried_ever_more_rarely_until_there_is_one() {
    let offline = Duration::from_mins(10);
    let scene =
        Scene::with(vec![message(1, 7, "hello")], echo, move |made: &Made| (made.at < offline).then(Answer::passing));
    sleep(Duration::from_secs(590)).await;
    let tried = scene.telegram.made("getMe").len();
    assert!((20..=60).contains(&tried), "{tried} attempts in ten minutes");
    assert_eq!(scene.link(), Link::Down("the line is dead".to_owned()));
    sleep(Duration::from_secs(41)).await;
    assert_eq!(scene.link(), Link::Up);
    assert_eq!(scene.telegram.texts(), ["hello"]);
}

#[tokio::test(start_paused = true)]
async fn at_the_end_what_is_nearly_done_is_done_and_the_rest_is_handed_back() {
    let updates = vec![message(1, 7, "slow"), message(2, 8, "quick"), message(3, 9, "slow")];
    let scene = Scene::with(updates, linger, |_| None);
    sleep(Duration::from_secs(1)).await;
    let (telegram, inbox, state) =
        (std::sync::Arc::clone(&scene.telegram), std::sync::Arc::clone(&scene.inbox), scene.state.clone());
    let asked = Instant::now();
    scene.stop().await.unwrap();
    assert_eq!(asked.elapsed(), Duration::from_secs(8), "no longer than the patience");
    assert_eq!(telegram.texts(), ["quick"]);
    assert_eq!(inbox.done(), [2]);
    assert_eq!(inbox.left(), [1, 3], "they are taken up at the next start");
    assert_eq!(state.borrow().link, Link::Ended);
    assert_eq!(telegram.made("getUpdates").len(), 2, "nothing more was asked for");
}

#[tokio::test(start_paused = true)]
async fn an_idle_account_ends_at_once() {
    let scene = Scene::begin(Drawer::default(), ignore, |_| None);
    sleep(Duration::from_secs(100)).await;
    let asked = Instant::now();
    scene.stop().await.unwrap();
    assert_eq!(asked.elapsed(), Duration::ZERO, "the call that Telegram holds is not waited for");
}

#[tokio::test(start_paused = true)]
async fn a_panic_stops_neither_the_chat_nor_the_others() {
    fn touchy(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let text = text_of(&inbound);
            assert_ne!(text, "bad");
            outbox.send(reply(&text)).await.unwrap();
        })
    }
    let updates = vec![message(1, 7, "bad"), message(2, 7, "good"), message(3, 8, "fine")];
    let scene = Scene::with(updates, touchy, |_| None);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(scene.telegram.texts(), ["good", "fine"]);
    assert_eq!(scene.inbox.left(), [0; 0], "it is not repeated at each start");
    assert_eq!(scene.link(), Link::Up);
}

#[tokio::test(start_paused = true)]
async fn updates_are_asked_for_only_after_the_webhook_is_gone() {
    let scene = Scene::begin(Drawer::default(), ignore, |made: &Made| {
        (made.method == "deleteWebhook" && made.nth == 0).then(Answer::passing)
    });
    sleep(Duration::from_secs(10)).await;
    let deletions = scene.telegram.made("deleteWebhook");
    assert_eq!(deletions.len(), 2);
    assert_eq!(deletions[0].arguments["drop_pending_updates"], false);
    assert!(scene.telegram.made("getUpdates")[0].at >= deletions[1].at);
}
