//! The other sides of the adapter, played in tests: Telegram, the handler and the inbox. Time is tokio's, so it can stand
//! still.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod inbox;
mod scene;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use modelpin_chat::BoxFuture;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::api::{Api, Fault};

pub(crate) use crate::scripted::inbox::Drawer;
pub(crate) use crate::scripted::scene::{Scene, options, reply, text_of};

/// A call that was made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Made {
    pub(crate) method: &'static str,
    pub(crate) arguments: Value,
    /// How many of that method were made before.
    pub(crate) nth: usize,
    /// When, from the beginning on.
    pub(crate) at: Duration,
}

/// What a call is answered.
pub(crate) struct Answer {
    after: Duration,
    outcome: Result<Value, Fault>,
}

impl Answer {
    pub(crate) fn ok(result: Value) -> Self {
        Self { after: Duration::ZERO, outcome: Ok(result) }
    }

    pub(crate) fn fault(fault: Fault) -> Self {
        Self { after: Duration::ZERO, outcome: Err(fault) }
    }

    pub(crate) fn refused(code: u16, description: &str) -> Self {
        Self::fault(Fault::Refused { code, description: description.to_owned() })
    }

    pub(crate) fn busy(seconds: u64) -> Self {
        Self::fault(Fault::Busy(Duration::from_secs(seconds)))
    }

    pub(crate) fn passing() -> Self {
        Self::fault(Fault::Passing("the line is dead".to_owned()))
    }

    pub(crate) fn after(self, after: Duration) -> Self {
        Self { after, ..self }
    }
}

/// What is answered to a call, where that is not what Telegram answers.
type Script = Box<dyn Fn(&Made) -> Option<Answer> + Send + Sync>;

/// A Telegram that answers by a script.
pub(crate) struct Telegram {
    script: Script,
    begin: Instant,
    calls: Mutex<Vec<Made>>,
    pub(crate) renewed: AtomicUsize,
}

impl Telegram {
    /// Answers as the script says; where it says nothing, as if all were well and nobody had written.
    pub(crate) fn new(script: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self { script: Box::new(script), begin: Instant::now(), calls: Mutex::default(), renewed: AtomicUsize::new(0) }
    }

    /// The calls of `method` so far.
    pub(crate) fn made(&self, method: &str) -> Vec<Made> {
        self.calls.lock().unwrap().iter().filter(|made| made.method == method).cloned().collect()
    }

    /// The methods called so far, but for those that ask for updates.
    pub(crate) fn methods(&self) -> Vec<&'static str> {
        let calls = self.calls.lock().unwrap();
        calls.iter().map(|made| made.method).filter(|method| *method != "getUpdates").collect()
    }

    /// The texts that were sent or edited, in order.
    pub(crate) fn texts(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter_map(|made| made.arguments["text"].as_str().map(str::to_owned)).collect()
    }

    fn note(&self, method: &'static str, arguments: Value) -> Made {
        let mut calls = self.calls.lock().unwrap();
        let nth = calls.iter().filter(|made| made.method == method).count();
        let made = Made { method, arguments, nth, at: self.begin.elapsed() };
        calls.push(made.clone());
        made
    }
}

impl Api for Telegram {
    fn call(&self, method: &'static str, arguments: Value, patience: Duration) -> BoxFuture<'_, Result<Value, Fault>> {
        Box::pin(async move {
            let made = self.note(method, arguments);
            let Answer { after, outcome } = (self.script)(&made).unwrap_or_else(|| well(&made));
            if after > patience {
                sleep(patience).await;
                return Err(Fault::Passing("no answer in time".to_owned()));
            }
            // Even the fastest answer lets others go on first.
            tokio::task::yield_now().await;
            sleep(after).await;
            outcome
        })
    }

    fn renew(&self) {
        self.renewed.fetch_add(1, Ordering::Relaxed);
    }
}

fn well(made: &Made) -> Answer {
    match made.method {
        "getMe" => Answer::ok(json!({"id": 99, "is_bot": true, "first_name": "Pin", "username": "pin_bot"})),
        "getUpdates" => {
            let hold = made.arguments["timeout"].as_u64().unwrap();
            Answer::ok(json!([])).after(Duration::from_secs(hold))
        }
        "sendMessage" => Answer::ok(json!({"message_id": 1_000 + made.nth})),
        _ => Answer::ok(json!(true)),
    }
}

/// What the person `chat`, or somebody in the group `chat`, wrote.
pub(crate) fn message(id: u32, chat: i64, text: &str) -> Value {
    let kind = if chat < 0 { "supergroup" } else { "private" };
    json!({"update_id": id, "message": {
        "message_id": id,
        "date": 1_700_000_000,
        "chat": {"id": chat, "type": kind, "title": "Team", "first_name": "Ann"},
        "from": {"id": chat.unsigned_abs(), "is_bot": false, "first_name": "Ann"},
        "text": text,
    }})
}

/// A press of a button under the message 500 in `chat`.
pub(crate) fn press(id: u32, chat: i64, token: &str) -> Value {
    let Value::Object(mut message) = message(500, chat, "menu")["message"].take() else { unreachable!() };
    message["from"] = json!({"id": 99, "is_bot": true, "first_name": "Pin"});
    json!({"update_id": id, "callback_query": {
        "id": format!("query-{id}"),
        "from": {"id": chat.unsigned_abs(), "is_bot": false, "first_name": "Ann"},
        "chat_instance": "1",
        "message": message,
        "data": token,
    }})
}
