//! As much of Discord as it takes to be served: who a bot is, its gateway with what people write and fill in, and what the
//! bot says.

// Said where they are, because a bench has this file by its path.
#[path = "discord_api/gateway.rs"]
mod gateway;
#[path = "discord_api/person.rs"]
mod person;
#[path = "discord_api/rest.rs"]
mod rest;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Everything comes in a fraction of it, on any machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The year 2015 begins, in milliseconds: Discord counts from there.
const EPOCH: u128 = 1_420_070_400_000;

/// A Discord on loopback. It ends when it is dropped.
pub(super) struct DiscordApi {
    address: SocketAddr,
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 2],
}

struct Shared {
    /// Where the gateway is.
    gateway: SocketAddr,
    bots: Mutex<HashMap<String, Bot>>,
    sessions: Mutex<HashMap<String, Session>>,
    numbers: AtomicU64,
    /// There is an event more.
    changed: Notify,
    /// A bot did something.
    called: Notify,
}

/// What a bot did: a request, or what it told the gateway.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The method; `OP` for what the gateway was told.
    method: String,
    /// The path without `/api/v10`; the number of the operation for what the gateway was told.
    path: String,
    /// What came along.
    pub(super) body: Value,
    /// When it came.
    pub(super) at: Instant,
}

/// One bot that has a token.
struct Bot {
    id: u64,
    name: String,
    /// Whether it may read what is written in servers.
    reads: bool,
    events: Vec<(&'static str, Value)>,
    calls: Vec<Call>,
}

/// A session at the gateway, which outlives its connections.
struct Session {
    token: String,
    /// Whether private chats come to its shard.
    is_first: bool,
    /// What was sent, so that it can be sent again.
    frames: Vec<Value>,
    /// How many of the bot's events it has had.
    taken: usize,
}

impl Drop for DiscordApi {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl DiscordApi {
    /// One that knows these bots, by their tokens and with their ids and names.
    pub(super) async fn start(bots: &[(&str, u64, &str)]) -> Self {
        let (rest, gateway) = (TcpListener::bind("127.0.0.1:0"), TcpListener::bind("127.0.0.1:0"));
        let (rest, gateway) = (rest.await.unwrap(), gateway.await.unwrap());
        let address = rest.local_addr().unwrap();
        let shared = Arc::new(Shared {
            gateway: gateway.local_addr().unwrap(),
            bots: Mutex::default(),
            sessions: Mutex::default(),
            numbers: AtomicU64::new(1),
            changed: Notify::new(),
            called: Notify::new(),
        });
        let tasks =
            [tokio::spawn(rest::run(rest, shared.clone())), tokio::spawn(gateway::run(gateway, shared.clone()))];
        for (token, id, name) in bots {
            let bot = Bot { id: *id, name: (*name).to_owned(), reads: true, events: Vec::new(), calls: Vec::new() };
            shared.bots.lock().unwrap().insert((*token).to_owned(), bot);
        }
        Self { address, shared, tasks }
    }

    /// What `apiRoot` is set to.
    pub(super) fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bot may not read what is written in servers, from here on.
    pub(super) fn keeps_messages_from(&self, token: &str) {
        self.shared.bots.lock().unwrap().get_mut(token).unwrap().reads = false;
    }

    /// How often the bot did this: a method and the end of a path, such as `POST /messages`, or `OP 2`.
    pub(super) fn count(&self, token: &str, what: &str) -> usize {
        self.calls(token, what).len()
    }

    /// Waits until the bot does this after the first `before` times, and returns it.
    pub(super) async fn call(&self, token: &str, what: &str, before: usize) -> Call {
        let waited = timeout(PATIENCE, async {
            loop {
                let called = self.shared.called.notified();
                if let Some(call) = self.calls(token, what).get(before) {
                    return call.clone();
                }
                called.await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("never {what}, but {:?}", self.shared.bots.lock().unwrap()[token].calls))
    }

    /// Waits until something that the bot says, or changes, holds `text`.
    pub(super) async fn shows(&self, token: &str, text: &str) -> Call {
        let waited = timeout(PATIENCE, async {
            loop {
                let called = self.shared.called.notified();
                let calls = [self.calls(token, "POST "), self.calls(token, "PATCH ")].concat();
                if let Some(call) = calls.into_iter().find(|call| call.body.to_string().contains(text)) {
                    return call;
                }
                called.await;
            }
        });
        waited
            .await
            .unwrap_or_else(|_| panic!("never `{text}`, but {:?}", self.shared.bots.lock().unwrap()[token].calls))
    }

    fn calls(&self, token: &str, what: &str) -> Vec<Call> {
        let (method, end) = what.split_once(' ').unwrap();
        let bots = self.shared.bots.lock().unwrap();
        let calls = bots[token].calls.iter();
        calls.filter(|call| call.method == method && call.path.ends_with(end)).cloned().collect()
    }
}

impl Shared {
    /// A number of Discord's, which says when it was given out.
    fn number(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() - EPOCH;
        (u64::try_from(since).unwrap() << 22) | (self.numbers.fetch_add(1, Ordering::Relaxed) & 0x3f_ffff)
    }

    /// Notes what the bot did; `None` where nobody has that token.
    fn note(&self, token: &str, method: &str, path: &str, body: Value) -> Option<()> {
        let call = Call { method: method.to_owned(), path: path.to_owned(), body, at: Instant::now() };
        self.bots.lock().unwrap().get_mut(token)?.calls.push(call);
        self.called.notify_waiters();
        Some(())
    }
}

/// A user as Discord shows one.
fn user(id: u64, name: &str, bot: bool) -> Value {
    json!({
        "id": id.to_string(), "username": name, "discriminator": "0", "global_name": null, "avatar": null, "bot": bot,
        "public_flags": 0,
    })
}
