//! The other side of what is said, played in tests. Time is tokio's, so it can stand still.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod drawer;
mod stage;

use std::sync::Mutex;
use std::time::Duration;

use modelpin_chat::BoxFuture;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::api::{Api, Call, Code, Fault, Route};

pub(crate) use crate::scripted::drawer::Drawer;
pub(crate) use crate::scripted::stage::{Stage, command, press, private_reply, reply, typed};

/// A call that was made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Made {
    /// `POST /channels/7/messages`; instead of the token of an interaction, its number stands in `<>`.
    pub(crate) line: String,
    /// What was sent, or `null`.
    pub(crate) body: Value,
    /// How many with that line were made before.
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

    pub(crate) fn refused(status: u16, code: Code) -> Self {
        Self::fault(Fault::Refused { status, code: code as u64, why: format!("{code:?}") })
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

/// What is answered to a call, where that is not what Discord answers.
type Script = Box<dyn Fn(&Made) -> Option<Answer> + Send + Sync>;

/// A Discord that answers by a script. Of every message that it is sent, it looks whether somebody is mentioned.
pub(crate) struct Discord {
    script: Script,
    begin: Instant,
    calls: Mutex<Vec<Made>>,
}

impl Discord {
    /// Answers as the script says; where it says nothing, as if all were well.
    pub(crate) fn new(script: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self { script: Box::new(script), begin: Instant::now(), calls: Mutex::default() }
    }

    /// All calls so far.
    pub(crate) fn made(&self) -> Vec<Made> {
        self.calls.lock().unwrap().clone()
    }

    /// The calls so far whose line is `line`.
    pub(crate) fn made_at(&self, line: &str) -> Vec<Made> {
        self.made().into_iter().filter(|made| made.line == line).collect()
    }

    /// The lines of the calls so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.made().into_iter().map(|made| made.line).collect()
    }

    /// The texts that were sent or edited, in order.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.made().iter().filter_map(|made| made.body["content"].as_str().map(str::to_owned)).collect()
    }

    fn note(&self, line: String, body: Value) -> Made {
        let mut calls = self.calls.lock().unwrap();
        let nth = calls.iter().filter(|made| made.line == line).count();
        let made = Made { line, body, nth, at: self.begin.elapsed() };
        calls.push(made.clone());
        made
    }
}

impl Api for Discord {
    fn call(&self, call: Call) -> BoxFuture<'_, Result<Value, Fault>> {
        Box::pin(async move {
            let Call { method, route, body, patience } = call;
            let is_message = body.is_some()
                && match &route {
                    Route::Messages(_)
                    | Route::Message { .. }
                    | Route::Original(_)
                    | Route::FollowUps(_)
                    | Route::FollowUp { .. } => true,
                    Route::Callback(_) | Route::Commands { .. } => false,
                    other => unreachable!("{other:?} takes no body"),
                };
            let body = body.unwrap_or_default();
            if is_message {
                assert_eq!(body["allowed_mentions"], json!({"parse": [], "replied_user": false}), "{body}");
            }
            let made = self.note(format!("{method} {}", route.shown()), body);
            let Answer { after, outcome } = (self.script)(&made).unwrap_or_else(|| well(&method, &route, &made));
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
}

fn well(method: &Method, route: &Route, made: &Made) -> Answer {
    let number = match route {
        Route::Messages(_) => 1_000 + made.nth,
        Route::Original(_) => 900,
        Route::FollowUps(_) => 2_000 + made.nth,
        _ => return Answer::ok(Value::Null),
    };
    if method == Method::DELETE { Answer::ok(Value::Null) } else { Answer::ok(json!({"id": number.to_string()})) }
}
