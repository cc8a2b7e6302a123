//! What the Bot API says when it will not.

use std::time::Duration;

use serde_json::{Map, Value, json};

/// A refusal, in Telegram's words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) code: u16,
    pub(crate) description: String,
    parameters: Map<String, Value>,
}

impl Failure {
    pub(crate) fn new(code: u16, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), parameters: Map::new() }
    }

    pub(crate) fn bad(why: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", why.as_ref()))
    }

    pub(crate) fn forbidden(why: impl AsRef<str>) -> Self {
        Self::new(403, format!("Forbidden: {}", why.as_ref()))
    }

    pub(crate) fn conflict(why: impl AsRef<str>) -> Self {
        Self::new(409, format!("Conflict: {}", why.as_ref()))
    }

    pub(crate) fn other_poller() -> Self {
        Self::conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "Unauthorized")
    }

    /// Telegram counts in whole seconds, and rounds up.
    pub(crate) fn too_many(wait: Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1_000).max(1);
        let mut failure = Self::new(429, format!("Too Many Requests: retry after {seconds}"));
        failure.parameters.insert("retry_after".to_owned(), json!(seconds as u64));
        failure
    }

    pub(crate) fn migrated(to: i64) -> Self {
        let mut failure = Self::bad("group chat was upgraded to a supergroup chat");
        failure.parameters.insert("migrate_to_chat_id".to_owned(), json!(to));
        failure
    }

    pub(crate) fn json(&self) -> Value {
        let mut answer = json!({"ok": false, "error_code": self.code, "description": self.description});
        if !self.parameters.is_empty() {
            answer["parameters"] = Value::Object(self.parameters.clone());
        }
        answer
    }
}
