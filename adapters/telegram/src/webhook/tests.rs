#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::net::SocketAddr;
use std::time::Duration;

use modelpin_chat::{BoxFuture, Inbound, Outbox};
use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use crate::scripted::{Answer, Drawer, Made, Scene, message, options, reply, text_of};
use crate::{Delivery, Options, ServeFault, Webhook};
use modelpin_delivery::Link;

const SECRET: &str = "test_Secret-1";

fn echo(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move { outbox.send(reply(&text_of(&inbound))).await.unwrap() })
}

/// A port that was free a moment ago.
async fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

fn brought(listen: SocketAddr) -> Options {
    let url = Url::parse("https://bot.example.com/hook/7").unwrap();
    let webhook = Webhook { url, listen, secret: SecretString::from(SECRET) };
    Options { delivery: Delivery::Webhook(webhook), ..options() }
}

/// A served account, once updates can be brought.
async fn scene(inbox: Drawer) -> (Scene, SocketAddr) {
    let listen = free().await;
    let mut scene = Scene::begin_as(brought(listen), inbox, echo, |_| None);
    scene.state.wait_for(|state| state.link == Link::Up).await.unwrap();
    (scene, listen)
}

async fn bring(to: SocketAddr, path: &str, secret: Option<&str>, body: String) -> StatusCode {
    let mut request =
        reqwest::Client::builder().no_proxy().build().unwrap().post(format!("http://{to}{path}")).body(body);
    if let Some(secret) = secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    request.send().await.unwrap().status()
}

async fn bring_update(to: SocketAddr, update: &Value) -> StatusCode {
    bring(to, "/hook/7", Some(SECRET), update.to_string()).await
}

#[tokio::test]
async fn telegram_is_told_where_and_how_to_bring_updates() {
    let (scene, _) = scene(Drawer::default()).await;
    let told = scene.telegram.made("setWebhook");
    let expected = json!({
        "url": "https://bot.example.com/hook/7",
        "secret_token": SECRET,
        "max_connections": 1,
        "allowed_updates": ["message", "channel_post", "callback_query"],
    });
    assert_eq!(told[0].arguments, expected);
    let telegram = std::sync::Arc::clone(&scene.telegram);
    scene.stop().await.unwrap();
    assert!(telegram.made("deleteWebhook").is_empty(), "it stays set over a restart");
    assert!(telegram.made("getUpdates").is_empty());
}

#[tokio::test]
async fn an_update_is_taken_when_it_is_kept_and_only_once() {
    let (scene, to) = scene(Drawer::default()).await;
    let update = message(5, 7, "hello");
    assert_eq!(bring_update(to, &update).await, StatusCode::OK);
    assert_eq!(*scene.inbox.kept.lock().unwrap(), [5], "before Telegram hears that it was taken");
    assert_eq!(bring_update(to, &update).await, StatusCode::OK);
    assert_eq!(bring_update(to, &message(6, 7, "sk-test-abc")).await, StatusCode::OK);
    assert_eq!(scene.telegram.texts().last().unwrap(), "sk-test-abc", "dealt with before Telegram forgets it");
    assert_eq!(scene.heard(), ["hello", "sk-test-abc"]);
}

#[tokio::test]
async fn nobody_else_brings_anything() {
    let (scene, to) = scene(Drawer::default()).await;
    let update = message(5, 7, "hello").to_string();
    for secret in [None, Some(""), Some("test_Secret-2"), Some("test_Secret-"), Some("test_Secret-11")] {
        assert_eq!(bring(to, "/hook/7", secret, update.clone()).await, StatusCode::UNAUTHORIZED, "{secret:?}");
    }
    assert_eq!(bring(to, "/hook/8", Some(SECRET), update.clone()).await, StatusCode::NOT_FOUND);
    let get = reqwest::Client::builder().no_proxy().build().unwrap().get(format!("http://{to}/hook/7"));
    assert_eq!(get.send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(scene.inbox.kept.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_could_not_be_kept_is_to_be_brought_again() {
    let (scene, to) = scene(Drawer::default()).await;
    *scene.inbox.failures.lock().unwrap() = 1;
    let update = message(5, 7, "hello");
    assert_eq!(bring_update(to, &update).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(scene.link(), Link::Down("the drawer is stuck".to_owned()));
    assert_eq!(bring_update(to, &update).await, StatusCode::OK);
    assert_eq!(scene.link(), Link::Up);
    assert_eq!(scene.heard(), ["hello"]);
}

#[tokio::test]
async fn what_is_no_update_blocks_nothing() {
    let (scene, to) = scene(Drawer::default()).await;
    for body in ["{", "[]", "{\"update_id\": 1}", "{\"message\": 1}"] {
        assert_eq!(bring(to, "/hook/7", Some(SECRET), body.to_owned()).await, StatusCode::OK, "{body}");
    }
    let long = "x".repeat(2 << 20);
    assert_eq!(bring(to, "/hook/7", Some(SECRET), long).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(bring_update(to, &message(9, 7, "hello")).await, StatusCode::OK);
    assert_eq!(scene.link(), Link::Up);
}

#[tokio::test]
async fn a_webhook_that_telegram_refuses_ends_it_with_what_to_do() {
    let refuse = |made: &Made| {
        (made.method == "setWebhook")
            .then(|| Answer::refused(400, "Bad Request: bad webhook: HTTPS url must be provided for webhook"))
    };
    let scene = Scene::begin_as(brought(free().await), Drawer::default(), echo, refuse);
    let fault = tokio::time::timeout(Duration::from_secs(5), scene.end()).await.unwrap().unwrap_err();
    assert!(matches!(fault, ServeFault::WebhookRefused { .. }));
    assert!(fault.to_string().contains("port 443"), "{fault}");
}

#[tokio::test]
async fn an_address_in_use_ends_it_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scene = Scene::begin_as(brought(taken.local_addr().unwrap()), Drawer::default(), echo, |_| None);
    let telegram = std::sync::Arc::clone(&scene.telegram);
    let fault = scene.end().await.unwrap_err();
    assert!(matches!(fault, ServeFault::Listen { .. }), "{fault}");
    assert!(telegram.made("setWebhook").is_empty(), "Telegram is not told to bring them where nobody listens");
}

/// A served account whose webhook stands as `infos` say, one after the other.
fn watched(listen: SocketAddr, infos: Vec<Answer>) -> Scene {
    let infos = std::sync::Mutex::new(infos.into_iter());
    Scene::begin_as(brought(listen), Drawer::default(), echo, move |made: &Made| {
        let well = || Answer::ok(json!({"url": "https://bot.example.com/hook/7"}));
        (made.method == "getWebhookInfo").then(|| infos.lock().unwrap().next().unwrap_or_else(well))
    })
}

fn failed_at(date: i64) -> Answer {
    Answer::ok(json!({
        "url": "https://bot.example.com/hook/7",
        "last_error_date": date,
        "last_error_message": "Connection timed out",
    }))
}

#[tokio::test(start_paused = true)]
async fn an_address_that_telegram_cannot_reach_is_told_until_it_can() {
    let scene =
        watched(free().await, vec![failed_at(1), failed_at(1), failed_at(2), failed_at(3), failed_at(4), failed_at(4)]);
    let mut seen = Vec::new();
    for _ in 0..6 {
        // In the middle between two looks, each five minutes after the one before.
        tokio::time::sleep(Duration::from_secs(150)).await;
        seen.push(matches!(scene.link(), Link::Down(why) if why.contains("Connection timed out")));
        tokio::time::sleep(Duration::from_secs(150)).await;
    }
    // Of the last ones nothing is said: there was no error any more.
    assert_eq!(seen, [false, false, true, true, true, false]);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_that_somebody_took_away_is_set_again() {
    let scene = watched(free().await, vec![Answer::ok(json!({"url": ""}))]);
    tokio::time::sleep(Duration::from_secs(301)).await;
    assert_eq!(scene.telegram.made("setWebhook").len(), 2);
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert_eq!(scene.link(), Link::Up);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_taken_back_is_noticed_there_too() {
    let scene = watched(free().await, vec![failed_at(1), Answer::refused(401, "Unauthorized")]);
    assert!(matches!(scene.end().await, Err(ServeFault::TokenRefused { .. })));
}
