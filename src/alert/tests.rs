#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::any;
use jiff::{SignedDuration, Timestamp};
use modelpin_chat::BoxFuture;
use modelpin_delivery::{Link, State as Standing};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Alert, AlertWatch, Announcer, conditions};
use crate::app::{App, AppOptions};
use crate::clock::Clock;
use crate::config::AlertChat;
use crate::gateway::board::Board;
use crate::gateway::channel::{AccountId, Entry};
use crate::looker::Asked;
use crate::profile::SealPorts;

/// A clock that is set by hand.
struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// What came in, and whether it is refused.
#[derive(Clone, Default)]
struct Post(Arc<Mutex<Tray>>);

#[derive(Default)]
struct Tray {
    came: Vec<(HeaderMap, String)>,
    is_refused: bool,
}

async fn take(Shared(post): Shared<Post>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut post = post.0.lock().unwrap();
    if post.is_refused {
        return StatusCode::BAD_GATEWAY;
    }
    post.came.push((headers, String::from_utf8_lossy(&body).into_owned()));
    StatusCode::OK
}

/// The chats of the operators.
#[derive(Default)]
struct Chats(Mutex<Vec<String>>);

impl Announcer for Chats {
    fn announce<'a>(&'a self, chat: &'a AlertChat, alert: &'a Alert) -> BoxFuture<'a, Result<(), String>> {
        self.0.lock().unwrap().push(format!("{}:{} {}", chat.channel, chat.chat, alert.title()));
        Box::pin(async { Ok(()) })
    }
}

/// A state directory whose gateway looks when it is told to.
struct Office {
    folder: TempDir,
    clock: Arc<Hand>,
    post: Post,
    chats: Arc<Chats>,
    board: Board,
    hook: String,
}

const START: &str = "2026-11-26T12:00:00Z";

impl Office {
    /// One with a setup-token that ends so many hours from the beginning.
    async fn new(hours: i64, format: &str) -> Self {
        let post = Post::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hook = format!("http://{}/hook/test-of-the-hook", listener.local_addr().unwrap());
        let router = Router::new().route("/hook/{secret}", any(take)).with_state(post.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let start: Timestamp = START.parse().unwrap();
        let clock = Arc::new(Hand(Mutex::new(start)));
        let board = Board::new(clock.clone());
        let office = Self { folder: tempfile::tempdir().unwrap(), clock, post, chats: Arc::default(), board, hook };
        let hook = json!({"url": office.hook, "format": format});
        office.write(
            "modelpin.json",
            &json!({
                "alerts": {"webhooks": [hook], "chats": ["telegram:42"]},
                "channels": {"telegram": {"allowFrom": ["*"]}},
            }),
        );
        office.store(start + SignedDuration::from_hours(hours));
        office
    }

    fn write(&self, name: &str, value: &Value) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, value.to_string()).unwrap();
    }

    /// A token that ends then.
    fn store(&self, end: Timestamp) {
        let token = format!("sk-ant-oat01-test-{}", "x".repeat(80));
        let entry = json!({"type": "token", "provider": "anthropic", "token": token, "expires": end.as_millisecond()});
        self.write(
            "agents/main/agent/auth-profiles.json",
            &json!({"version": 1, "profiles": {"anthropic:default": entry}}),
        );
    }

    fn open(&self) -> App {
        App::open(AppOptions {
            state_dir: Some(self.folder.path().to_owned()),
            layout: None,
            invoked_as: "modelpin".to_owned(),
            agent: None,
            environment: Vec::<(String, String)>::new().into_iter().collect(),
            clock: self.clock.clone(),
            seal: SealPorts::default(),
        })
        .unwrap()
    }

    /// A look of a gateway that has just been started.
    async fn look(&self, app: &App) {
        let watch = AlertWatch::new(app.store(), self.chats.clone());
        let again = |rest: &str| format!("modelpin {rest}");
        let asked = Asked { agent_named: false, warn: SignedDuration::from_hours(24), command: &again };
        let seen = app.looker().look(asked).await.unwrap();
        let now = self.clock.now();
        let found = conditions(&seen.report, &seen.unreadable, &self.board.now(), seen.audit.as_deref(), (now, &again));
        watch.look(&seen.alerts, &found, now).await.unwrap();
    }

    fn pass(&self, minutes: i64) {
        *self.clock.0.lock().unwrap() += SignedDuration::from_mins(minutes);
    }

    /// What came to the webhook, as JSON.
    fn posted(&self) -> Vec<Value> {
        self.post.0.lock().unwrap().came.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
    }

    fn states(&self) -> Vec<String> {
        self.posted().iter().map(|alert| alert["state"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_token_that_ends_is_told_once_before_once_when_and_once_when_it_is_replaced() {
    let office = Office::new(23, "json").await;
    // The gateway looks each minute of a day, is started anew each hour, and beside it another one looks.
    for _hour in 0..24 {
        let (app, other) = (office.open(), office.open());
        for _minute in 0..60 {
            office.look(&app).await;
            office.look(&other).await;
            office.pass(1);
        }
    }
    assert_eq!(office.states(), ["expiring", "expired"]);
    office.store(office.clock.now() + SignedDuration::from_hours(24 * 365));
    let app = office.open();
    for _minute in 0..60 {
        office.look(&app).await;
        office.pass(1);
    }
    assert_eq!(office.states(), ["expiring", "expired", "recovered"]);
    let alerts = office.posted();
    assert_eq!(alerts[0]["subject"], "profile anthropic:default");
    assert_eq!(alerts[0]["text"], "anthropic:default expires at 2026-11-27T11:00:00Z");
    assert_eq!(alerts[1]["fix"], "modelpin models auth setup-token --profile-id anthropic:default");
    assert_eq!(alerts[1]["at"], "2026-11-27T11:00:00Z");
    assert_eq!(alerts[2]["fix"], Value::Null);
    assert_eq!(
        *office.chats.0.lock().unwrap(),
        [
            "telegram:42 modelpin: profile anthropic:default – expiring",
            "telegram:42 modelpin: profile anthropic:default – expired",
            "telegram:42 modelpin: profile anthropic:default – fine again",
        ]
    );
}

/// Nobody is told twice because somebody else could not be told at first.
#[tokio::test]
async fn what_cannot_be_delivered_is_delivered_later() {
    let office = Office::new(1, "json").await;
    office.post.0.lock().unwrap().is_refused = true;
    let app = office.open();
    office.look(&app).await;
    office.look(&app).await;
    assert_eq!((office.posted().len(), office.chats.0.lock().unwrap().len()), (0, 1));
    office.post.0.lock().unwrap().is_refused = false;
    office.look(&office.open()).await;
    office.look(&app).await;
    assert_eq!((office.states(), office.chats.0.lock().unwrap().len()), (vec!["expiring".to_owned()], 1));
}

#[tokio::test]
async fn each_service_gets_what_it_understands() {
    let office = Office::new(1, "slack").await;
    office.look(&office.open()).await;
    let text = office.posted()[0]["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("*modelpin: profile anthropic:default – expiring*\nanthropic:default expires"), "{text}");
    let office = Office::new(1, "ntfy").await;
    office.look(&office.open()).await;
    let (headers, body) = office.post.0.lock().unwrap().came[0].clone();
    assert_eq!(headers["Title"], "modelpin: profile anthropic:default - expiring");
    assert_eq!((&headers["Priority"], &headers["Tags"]), (&"default".parse().unwrap(), &"warning".parse().unwrap()));
    assert!(body.contains("To mend it: modelpin models auth setup-token"), "{body}");
}

#[tokio::test]
async fn a_channel_that_is_down_for_long_is_told_and_one_that_comes_back_at_once_is_not() {
    let office = Office::new(1_000, "json").await;
    let id = AccountId { channel: "telegram", account: "default".to_owned() };
    office.board.list(&[Entry { id: id.clone(), name: None, ready: Err("not served".to_owned()) }], &[]);
    let stands = |link| office.board.note(&id, &Standing { bot: None, link });
    let app = office.open();
    for _ in 0..5 {
        stands(Link::Down("no network".to_owned()));
        office.look(&app).await;
        stands(Link::Up);
        office.look(&app).await;
    }
    assert_eq!(office.states(), [""; 0]);
    stands(Link::Down("no network".to_owned()));
    for _ in 0..10 {
        office.pass(1);
        office.look(&app).await;
    }
    stands(Link::Up);
    office.look(&app).await;
    assert_eq!(office.states(), ["channel-down", "recovered"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_told_with_what_to_do() {
    let office = Office::new(1_000, "json").await;
    let app = office.open();
    office.look(&app).await;
    std::fs::write(office.folder.path().join("agents/main/agent/auth-profiles.json"), "{ nonsense").unwrap();
    office.look(&app).await;
    office.look(&app).await;
    assert_eq!(office.states(), ["unreadable"]);
    assert_eq!(office.posted()[0]["fix"], "modelpin doctor");
}

/// Whoever knows the address can write there, so it is in no log and in no row.
#[tokio::test]
async fn the_address_of_a_webhook_is_kept_nowhere() {
    let office = Office::new(1, "json").await;
    let app = office.open();
    office.look(&app).await;
    let marks = app.store().marks("").await.unwrap();
    assert!(!format!("{marks:?}").contains("test-of-the-hook"), "{marks:?}");
}
