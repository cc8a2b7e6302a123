#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use secrecy::SecretString;
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use crate::api::{Api as _, Fault, Http};

const TOKEN: &str = "123456:TEST-token";

/// What came to the server: from which port, for what.
type Log = Arc<Mutex<Vec<(u16, String)>>>;

/// A server that answers everything alike.
async fn server(status: u16, body: &'static str) -> (Url, Log) {
    let log = Log::default();
    let answer = move |State(log): State<Log>, ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request| async move {
        log.lock().unwrap().push((peer.port(), format!("{} {}", request.method(), request.uri())));
        let mut headers = HeaderMap::new();
        if status == 302 {
            headers.insert("location", HeaderValue::from_static("/elsewhere"));
        }
        (StatusCode::from_u16(status).unwrap(), headers, body)
    };
    let app = Router::new().fallback(answer).with_state(Arc::clone(&log));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await.unwrap();
    });
    (root, log)
}

async fn ask(root: &Url) -> Result<serde_json::Value, Fault> {
    let http = Http::new(SecretString::from(TOKEN), Some(root)).unwrap();
    http.call("getMe", json!({"a": 1}), Duration::from_secs(5)).await
}

#[tokio::test]
async fn a_call_goes_to_the_method_under_the_token() {
    let (root, log) = server(200, r#"{"ok": true, "result": {"id": 1}}"#).await;
    assert_eq!(ask(&root).await, Ok(json!({"id": 1})));
    assert_eq!(ask(&root.join("/some/path/").unwrap()).await, Ok(json!({"id": 1})));
    let asked: Vec<String> = log.lock().unwrap().iter().map(|(_, line)| line.clone()).collect();
    assert_eq!(asked, ["POST /bot123456:TEST-token/getMe", "POST /some/path/bot123456:TEST-token/getMe"]);
}

#[tokio::test]
async fn answers_that_are_none_are_told_apart_and_at_once() {
    for (status, body, fault) in [
        (
            429,
            r#"{"ok": false, "error_code": 429, "description": "x", "parameters": {"retry_after": 9}}"#,
            Fault::Busy(Duration::from_secs(9)),
        ),
        (
            401,
            r#"{"ok": false, "error_code": 401, "description": "Unauthorized"}"#,
            Fault::Refused { code: 401, description: "Unauthorized".to_owned() },
        ),
        (
            502,
            r#"{"ok": false, "error_code": 502, "description": "Bad Gateway"}"#,
            Fault::Passing("Telegram answers 502: Bad Gateway".to_owned()),
        ),
    ] {
        let begin = Instant::now();
        assert_eq!(ask(&server(status, body).await.0).await, Err(fault));
        assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    }
    for (status, body) in [(200, "<html>"), (200, ""), (200, "[]"), (404, "not here"), (500, "{\"ok\""), (302, "")] {
        let (root, log) = server(status, body).await;
        let fault = ask(&root).await.unwrap_err();
        assert!(matches!(&fault, Fault::Passing(why) if why.contains(&status.to_string())), "{fault}");
        assert_eq!(log.lock().unwrap().len(), 1, "nothing goes where it was not sent");
    }
}

#[tokio::test]
async fn no_fault_shows_the_token() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = Url::parse(&format!("http://{}", nobody.local_addr().unwrap())).unwrap();
    drop(nobody);
    let fault = ask(&root).await.unwrap_err();
    assert!(matches!(fault, Fault::Passing(_)));
    let told = format!("{fault} {fault:?}");
    assert!(!told.contains("TEST-token"), "{told}");
    assert!(told.contains("Connection refused"), "the cause is told: {told}");
}

#[tokio::test]
async fn a_server_that_repeats_the_path_gives_the_token_to_nobody() {
    let told = r#"{"ok": false, "error_code": 404, "description": "there is no /bot123456:TEST-token/getMe"}"#;
    let (root, _) = server(404, told).await;
    assert_eq!(ask(&root).await.unwrap_err().to_string(), "there is no /bot[token]/getMe");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_waited_for_no_longer_than_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let http = Http::new(SecretString::from(TOKEN), Some(&root)).unwrap();
    let fault = http.call("getMe", json!({}), Duration::from_millis(50)).await.unwrap_err();
    assert!(matches!(fault, Fault::Passing(_)), "{fault}");
}

#[tokio::test]
async fn a_renewed_line_is_another_connection() {
    let (root, log) = server(200, r#"{"ok": true, "result": true}"#).await;
    let http = Http::new(SecretString::from(TOKEN), Some(&root)).unwrap();
    for _ in 0..2 {
        http.call("a", json!({}), Duration::from_secs(5)).await.unwrap();
    }
    http.renew();
    http.call("a", json!({}), Duration::from_secs(5)).await.unwrap();
    let ports: Vec<u16> = log.lock().unwrap().iter().map(|(port, _)| *port).collect();
    assert_eq!(ports[0], ports[1], "a connection is used again");
    assert_ne!(ports[1], ports[2]);
}

#[test]
fn an_address_that_is_none_of_an_api_is_refused() {
    for root in ["mailto:bot@example.com", "ftp://example.com"] {
        let refused = Http::new(SecretString::from(TOKEN), Some(&Url::parse(root).unwrap())).err().unwrap();
        assert!(refused.to_string().contains(root), "{refused}");
    }
}
