//! What was asked, and what came of it.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::telegram::params::Params;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// By the clock of the fake.
    pub(crate) at: Duration,
    pub(crate) arrived: Instant,
    pub(crate) bot: i64,
    /// As Telegram writes it: `sendMessage`.
    pub(crate) method: String,
    pub(crate) params: Params,
    /// Query, headers and body as they were.
    pub(crate) raw: String,
    /// `None` while it is under way, and for ever where the client has hung up.
    pub(crate) outcome: Option<Outcome>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// This was answered.
    Answered(u16, Value),
    /// The connection was dropped; whether what was asked is done.
    Cut { done: bool },
    /// Something was answered that the Bot API would not; whether what was asked is done.
    Spoilt { done: bool },
}

impl Call {
    /// Whether what was asked is done.
    pub(crate) fn done(&self) -> bool {
        match self.outcome {
            Some(Outcome::Answered(status, _)) => status == 200,
            Some(Outcome::Cut { done } | Outcome::Spoilt { done }) => done,
            None => false,
        }
    }

    /// The status, if there was one of the Bot API.
    pub(crate) fn status(&self) -> Option<u16> {
        match self.outcome {
            Some(Outcome::Answered(status, _)) => Some(status),
            Some(Outcome::Cut { .. } | Outcome::Spoilt { .. }) | None => None,
        }
    }

    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.params.int(name)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.params.text(name)
    }

    /// In one line, for who reads why a test stopped.
    pub(crate) fn line(&self) -> String {
        let params = Value::Object(self.params.0.clone()).to_string();
        let params: String = params.chars().take(160).collect();
        let outcome = match &self.outcome {
            Some(Outcome::Answered(200, _)) => "ok".to_owned(),
            Some(Outcome::Answered(status, answer)) => format!("{status} {}", answer["description"]),
            other => format!("{other:?}"),
        };
        format!("{:>9.3} s  {} {params}  {outcome}", self.at.as_secs_f64(), self.method)
    }
}
