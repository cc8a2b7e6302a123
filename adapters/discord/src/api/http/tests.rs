#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Method;
use rstest::rstest;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::api::{Api as _, Call, Fault, Http, Route};
use crate::scripted::command;

const TOKEN: &str = "MTAw.TEST-bot.token";
const INTERACTION: &str = "TEST-interaction";

/// What came to the server, word for word.
type Log = Arc<Mutex<Vec<String>>>;

/// A server that answers everything alike: with these bytes, or by hanging up.
async fn server(answer: String) -> (Url, Log) {
    let log = Log::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let heard = Arc::clone(&log);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, answer.clone(), Arc::clone(&heard)));
        }
    });
    (root, log)
}

async fn serve(mut stream: TcpStream, answer: String, log: Log) {
    let mut request = Vec::new();
    let mut buffer = [0; 4_096];
    while !is_whole(&request) {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
    log.lock().unwrap().push(String::from_utf8(request).unwrap());
    stream.write_all(answer.as_bytes()).await.unwrap();
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    body.len() >= length
}

fn answer(status: u16, head: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\n{head}connection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn new(root: &Url) -> Http {
    Http::new(SecretString::from(TOKEN), Some(root)).unwrap()
}

fn call(method: Method, route: Route, body: Option<Value>) -> Call {
    Call { method, route, body, patience: Duration::from_secs(5) }
}

fn ask() -> Call {
    call(Method::GET, Route::User, None)
}

fn answered_to_an_interaction() -> Call {
    let way = command(modelpin_chat::Visibility::Chat);
    let route = Route::Original(way.interaction.as_ref().unwrap().into());
    call(Method::PATCH, route, Some(json!({"content": "a text"})))
}

#[tokio::test]
async fn a_call_goes_where_the_address_points_under_the_token() {
    let (root, log) = server(answer(200, "", r#"{"id": "1"}"#)).await;
    assert_eq!(new(&root).call(ask()).await, Ok(json!({"id": "1"})));
    let below = root.join("/some/path/").unwrap();
    assert_eq!(new(&below).call(answered_to_an_interaction()).await, Ok(json!({"id": "1"})));
    let heard = log.lock().unwrap().clone();
    assert!(heard[0].starts_with("GET /api/v10/users/@me HTTP/1.1\r\n"), "{}", heard[0]);
    assert!(heard[0].contains("authorization: Bot MTAw.TEST-bot.token\r\n"), "{}", heard[0]);
    assert!(heard[0].contains("user-agent: DiscordBot (modelpin, "), "{}", heard[0]);
    let line = "PATCH /some/path/api/v10/webhooks/9/TEST-interaction/messages/@original HTTP/1.1\r\n";
    assert!(heard[1].starts_with(line), "{}", heard[1]);
    assert!(heard[1].contains("content-type: application/json\r\n"), "{}", heard[1]);
    assert!(heard[1].ends_with("\r\n\r\n{\"content\":\"a text\"}"), "{}", heard[1]);
}

#[tokio::test]
async fn a_call_without_a_body_says_so() {
    let (root, log) = server(answer(204, "", "")).await;
    assert_eq!(new(&root).call(call(Method::POST, Route::Typing(7), None)).await, Ok(Value::Null));
    assert!(log.lock().unwrap()[0].contains("content-length: 0\r\n"), "{:?}", log.lock().unwrap());
}

#[rstest]
#[case(
    429,
    "retry-after: 9\r\n",
    r#"{"message": "slow", "retry_after": 8.5, "global": false}"#,
    Fault::Busy(Duration::from_secs(9))
)]
#[case(429, "", r#"{"message": "slow", "retry_after": 0.25, "global": true}"#, Fault::Busy(Duration::from_millis(250)))]
#[case(429, "retry-after: 60\r\n", "<html>banned</html>", Fault::Busy(Duration::from_mins(1)))]
#[case(401, "", r#"{"message": "401: Unauthorized", "code": 0}"#, Fault::Refused { status: 401, code: 0, why: "401: Unauthorized".to_owned() })]
#[case(404, "", r#"{"message": "Unknown Message", "code": 10008}"#, Fault::Refused { status: 404, code: 10_008, why: "Unknown Message".to_owned() })]
#[case(502, "", r#"{"message": "Bad Gateway", "code": 0}"#, Fault::Passing("Discord answers 502: Bad Gateway".to_owned()))]
#[tokio::test]
async fn answers_that_are_none_are_told_apart_and_at_once(
    #[case] status: u16,
    #[case] head: &str,
    #[case] body: &str,
    #[case] fault: Fault,
) {
    let (root, log) = server(answer(status, head, body)).await;
    let begin = Instant::now();
    assert_eq!(new(&root).call(ask()).await, Err(fault));
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    assert_eq!(log.lock().unwrap().len(), 1, "it is asked once");
}

#[rstest]
#[case(200, "<html>")]
#[case(200, "")]
#[case(403, "not here")]
#[case(404, "[]")]
#[case(500, "{\"message\"")]
#[case(302, "")]
#[tokio::test]
async fn what_is_not_discord_is_told_by_its_number_and_not_by_its_words(#[case] status: u16, #[case] body: &str) {
    let (root, log) = server(answer(status, "location: /elsewhere\r\n", body)).await;
    let fault = new(&root).call(ask()).await.unwrap_err();
    assert!(matches!(&fault, Fault::Passing(why) if why.contains(&format!("answers with {status} "))), "{fault}");
    assert_eq!(log.lock().unwrap().len(), 1, "nothing goes where it was not sent");
}

#[tokio::test]
async fn where_discord_has_asked_to_wait_nothing_is_sent() {
    let (root, log) = server(answer(429, "retry-after: 9\r\n", r#"{"retry_after": 9}"#)).await;
    let http = new(&root);
    for _ in 0..3 {
        let fault = http.call(ask()).await.unwrap_err();
        assert!(matches!(fault, Fault::Busy(wait) if wait > Duration::from_secs(7)), "{fault}");
    }
    assert_eq!(log.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_server_that_hangs_up_is_a_reason_to_try_again() {
    let (root, _) = server(String::new()).await;
    let fault = new(&root).call(ask()).await.unwrap_err();
    assert!(matches!(fault, Fault::Passing(_)), "{fault}");
    let (root, _) = server("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\"".to_owned()).await;
    let fault = new(&root).call(ask()).await.unwrap_err();
    assert!(matches!(fault, Fault::Passing(_)), "{fault}");
}

#[tokio::test]
async fn no_fault_shows_a_token() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = Url::parse(&format!("http://{}", nobody.local_addr().unwrap())).unwrap();
    drop(nobody);
    let repeated = json!({"code": 1, "message": format!("no {TOKEN} at /webhooks/9/{INTERACTION}")}).to_string();
    let (repeats, _) = server(answer(404, "", &repeated)).await;
    let (hangs_up, _) = server(String::new()).await;
    for root in [gone, repeats, hangs_up] {
        let call = answered_to_an_interaction();
        let printed = format!("{:?}", call.route);
        let fault = new(&root).call(call).await.unwrap_err();
        let told = format!("{fault} {fault:?} {printed}");
        assert!(!told.contains("TEST-"), "{told}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_waited_for_no_longer_than_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let call = Call { patience: Duration::from_millis(50), ..ask() };
    let fault = new(&root).call(call).await.unwrap_err();
    assert!(matches!(fault, Fault::Passing(_)), "{fault}");
}

#[test]
fn the_token_goes_over_an_open_line_to_this_computer_alone() {
    for root in [
        "mailto:bot@example.com",
        "ftp://example.com",
        "http://example.com",
        "http://127.0.0.1.example.com",
        "https://example.com/?a=b",
    ] {
        let refused = Http::new(SecretString::from(TOKEN), Some(&Url::parse(root).unwrap())).err().unwrap();
        assert!(refused.to_string().contains(root), "{refused}");
    }
    for root in ["https://example.com", "http://127.0.0.1:1", "http://[::1]:1/path/", "http://localhost:1"] {
        assert!(Http::new(SecretString::from(TOKEN), Some(&Url::parse(root).unwrap())).is_ok(), "{root}");
    }
}

#[test]
fn a_token_that_is_none_is_no_client() {
    let refused = Http::new(SecretString::from("TEST-\ntoken"), None).err().unwrap();
    assert!(!refused.to_string().contains("TEST-"), "{refused}");
}
