//! As much of the Bot API as it takes to be served: who a bot is, what is new, and what it says.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Everything comes in a fraction of it, on any machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A Bot API on loopback. It ends when it is dropped.
pub(super) struct BotApi {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    bots: Mutex<HashMap<String, Bot>>,
    /// There is an update more.
    changed: Notify,
    /// A bot was asked for something.
    called: Notify,
}

/// What a bot was asked to do.
#[derive(Debug, Clone)]
pub(super) struct Call {
    method: String,
    /// What came along.
    pub(super) body: Value,
    /// When it came.
    pub(super) at: Instant,
}

/// One bot that has a token.
#[derive(Default)]
struct Bot {
    id: u64,
    name: String,
    updates: Vec<Value>,
    calls: Vec<Call>,
}

impl Drop for BotApi {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl BotApi {
    /// One that knows these bots, by their tokens.
    pub(super) async fn start(bots: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let router = Router::new().fallback(serve).with_state(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let api = Self { address, shared, task };
        for (token, name) in bots {
            api.knows(token, name);
        }
        api
    }

    /// From here on it knows this bot as well.
    pub(super) fn knows(&self, token: &str, name: &str) {
        let id = token.split(':').next().unwrap().parse().unwrap();
        let bot = Bot { id, name: name.to_owned(), ..Bot::default() };
        self.shared.bots.lock().unwrap().insert(token.to_owned(), bot);
    }

    /// What `apiRoot` is set to.
    pub(super) fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Somebody writes to the bot in private.
    pub(super) fn says(&self, token: &str, person: u64, text: &str) {
        let mut bots = self.shared.bots.lock().unwrap();
        let bot = bots.get_mut(token).unwrap();
        let number = bot.updates.last().map_or(1, |last| last["update_id"].as_u64().unwrap() + 1);
        let end = text.find(' ').unwrap_or(text.len());
        let command = json!([{"type": "bot_command", "offset": 0, "length": end}]);
        let mut message = json!({
            "message_id": number, "date": 1_700_000_000, "text": text,
            "chat": {"id": person, "type": "private", "first_name": "Ann"},
            "from": {"id": person, "is_bot": false, "first_name": "Ann"},
        });
        if text.starts_with('/') {
            message["entities"] = command;
        }
        bot.updates.push(json!({"update_id": number, "message": message}));
        drop(bots);
        self.shared.changed.notify_waiters();
    }

    /// How often the bot was asked for `method`.
    pub(super) fn count(&self, token: &str, method: &str) -> usize {
        self.calls(token, method).len()
    }

    fn calls(&self, token: &str, method: &str) -> Vec<Call> {
        let bots = self.shared.bots.lock().unwrap();
        bots[token].calls.iter().filter(|call| call.method == method).cloned().collect()
    }

    /// Waits for the message that the bot sends after the first `before`, and returns its text.
    pub(super) async fn answer(&self, token: &str, before: usize) -> String {
        self.call(token, "sendmessage", before).await.body["text"].as_str().unwrap().to_owned()
    }

    /// Waits until a message of the bot, as it is sent or edited, holds `text`.
    pub(super) async fn shows(&self, token: &str, text: &str) {
        let waited = timeout(PATIENCE, async {
            loop {
                let called = self.shared.called.notified();
                let calls = [self.calls(token, "sendmessage"), self.calls(token, "editmessagetext")].concat();
                if calls.iter().any(|call| call.body["text"].as_str().is_some_and(|shown| shown.contains(text))) {
                    return;
                }
                called.await;
            }
        });
        assert!(waited.await.is_ok(), "never `{text}`, but {:?}", self.shared.bots.lock().unwrap()[token].calls);
    }

    /// Waits for the call of `method` after the first `before`, and returns it.
    pub(super) async fn call(&self, token: &str, method: &str, before: usize) -> Call {
        let waited = timeout(PATIENCE, async {
            loop {
                let called = self.shared.called.notified();
                if let Some(call) = self.calls(token, method).get(before) {
                    return call.clone();
                }
                called.await;
            }
        });
        waited
            .await
            .unwrap_or_else(|_| panic!("never {method}, but {:?}", self.shared.bots.lock().unwrap()[token].calls))
    }
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let at = Instant::now();
    let path = request.uri().path().to_owned();
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let Some((token, method)) = path.strip_prefix("/bot").and_then(|rest| rest.rsplit_once('/')) else {
        return refused(StatusCode::NOT_FOUND, "Not Found");
    };
    let method = method.to_ascii_lowercase();
    let body: Value = serde_json::from_slice(&body).unwrap_or_else(|_| form(&body));
    let call = Call { method: method.clone(), body: body.clone(), at };
    if shared.bots.lock().unwrap().get_mut(token).map(|bot| bot.calls.push(call)).is_none() {
        return refused(StatusCode::UNAUTHORIZED, "Unauthorized");
    }
    shared.called.notify_waiters();
    let result = match method.as_str() {
        "getme" => me(&shared, token),
        "getupdates" => updates(&shared, token, &body).await,
        "sendmessage" | "editmessagetext" => json!({
            "message_id": 1_000, "date": 1_700_000_000, "text": body["text"],
            "chat": {"id": body["chat_id"], "type": "private", "first_name": "Ann"},
        }),
        _ => json!(true),
    };
    axum::Json(json!({"ok": true, "result": result})).into_response()
}

fn form(body: &Bytes) -> Value {
    url::form_urlencoded::parse(body)
        .map(|(name, value)| (name.into_owned(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn me(shared: &Shared, token: &str) -> Value {
    let bots = shared.bots.lock().unwrap();
    let bot = &bots[token];
    json!({
        "id": bot.id, "is_bot": true, "first_name": "Test", "username": bot.name, "can_join_groups": true,
        "can_read_all_group_messages": false, "supports_inline_queries": false, "can_connect_to_business": false,
        "has_main_web_app": false, "has_topics_enabled": false, "allows_users_to_create_topics": false,
    })
}

/// Those from the offset on, as soon as there is one.
async fn updates(shared: &Shared, token: &str, body: &Value) -> Value {
    let offset = body["offset"].as_u64().unwrap_or_default();
    let patience = Duration::from_secs(body["timeout"].as_u64().unwrap_or_default().min(30));
    let waited = timeout(patience, async {
        loop {
            let changed = shared.changed.notified();
            let found: Vec<Value> = {
                let mut bots = shared.bots.lock().unwrap();
                let bot = bots.get_mut(token).unwrap();
                let after = |update: &&Value| update["update_id"].as_u64().unwrap() >= offset;
                bot.updates.iter().filter(after).cloned().collect()
            };
            if !found.is_empty() {
                return json!(found);
            }
            changed.await;
        }
    });
    waited.await.unwrap_or_else(|_| json!([]))
}

fn refused(status: StatusCode, why: &str) -> Response {
    (status, axum::Json(json!({"ok": false, "error_code": status.as_u16(), "description": why}))).into_response()
}
