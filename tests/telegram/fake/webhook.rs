//! Updates that are brought.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::telegram::fake::rig::Rig;

/// What a bot's side takes: the first so many are refused.
#[derive(Default)]
struct Taken {
    refused: usize,
    updates: Vec<(String, Option<String>, Value)>,
}

async fn take(State(taken): State<Arc<Mutex<Taken>>>, uri: Uri, headers: HeaderMap, body: String) -> StatusCode {
    let mut taken = taken.lock().unwrap();
    let secret = headers.get("x-telegram-bot-api-secret-token").map(|value| value.to_str().unwrap().to_owned());
    taken.updates.push((uri.to_string(), secret, serde_json::from_str(&body).unwrap()));
    if taken.refused > 0 {
        taken.refused -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::OK
}

async fn listener(taken: Arc<Mutex<Taken>>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(take).with_state(taken);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

#[tokio::test]
async fn updates_are_brought_in_order_and_again_until_they_are_taken() {
    let rig = Rig::new();
    let taken = Arc::new(Mutex::new(Taken { refused: 2, ..Taken::default() }));
    rig.fake.proxy(&rig.bot, listener(Arc::clone(&taken)).await);
    let hook = json!({"url": "https://bot.example.com/hook?x=1", "secret_token": "s3cr3t_-"});
    rig.done("setWebhook", hook).await;
    rig.ann.says(rig.dm, "first");
    rig.ann.says(rig.dm, "second");
    rig.fake
        .until("a refusal", || {
            rig.fake.advance(Duration::from_millis(500));
            (rig.fake.waiting(&rig.bot) == 0).then_some(())
        })
        .await;
    let taken = taken.lock().unwrap();
    let texts: Vec<&str> =
        taken.updates.iter().map(|(_, _, update)| update["message"]["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["first", "first", "first", "second"]);
    for (uri, secret, _) in &taken.updates {
        assert_eq!((uri.as_str(), secret.as_deref()), ("/hook?x=1", Some("s3cr3t_-")));
    }
}

#[tokio::test]
async fn polling_and_a_webhook_exclude_each_other() {
    let rig = Rig::new();
    let hook = json!({"url": "https://bot.example.com/hook", "allowed_updates": ["message"]});
    let (polled, _) = tokio::join!(rig.ask("getUpdates", json!({"timeout": 50})), async {
        rig.fake.until("a poll", || (!rig.fake.calls().is_empty()).then_some(())).await;
        rig.done("setWebhook", hook).await
    });
    assert_eq!(polled.1["description"], "Conflict: terminated by setWebhook request");
    let (status, answer) = rig.ask("getUpdates", json!({})).await;
    let active =
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    assert_eq!((status, &answer["description"]), (409, &json!(active)));
    rig.ann.says(rig.dm, "waits");
    let mut info = Value::Null;
    while info["last_error_message"].is_null() {
        info = rig.done("getWebhookInfo", json!({})).await;
    }
    assert_eq!(info["last_error_message"], "Connection refused");
    assert_eq!((&info["pending_update_count"], &info["allowed_updates"]), (&json!(1), &json!(["message"])));
    rig.done("deleteWebhook", json!({})).await;
    assert_eq!(rig.updates(0).await.len(), 1);
}

#[tokio::test]
async fn a_webhook_that_cannot_be_is_refused() {
    let rig = Rig::new();
    for (params, why) in [
        (json!({"url": "http://bot.example.com/"}), "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            json!({"url": "https://bot.example.com:8000/"}),
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        (
            json!({"url": "https://bot.example.com/", "secret_token": "no blanks"}),
            "secret token contains unallowed characters",
        ),
    ] {
        let (_, answer) = rig.ask("setWebhook", params).await;
        assert_eq!(answer["description"], format!("Bad Request: {why}"));
    }
}
