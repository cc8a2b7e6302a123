//! What the loopback provider is to answer with, by the names of the table.

use std::sync::LazyLock;
use std::time::Duration;

use modelpin::demo::{Faults, Script};
use serde_json::{Value, json};

use crate::support::bot::{GPT, MINI, OPUS, SONNET};

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Anthropic,
    OpenAi,
}

impl Format {
    pub(super) fn provider(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
        }
    }

    pub(super) fn model(self) -> &'static str {
        match self {
            Self::Anthropic => OPUS,
            Self::OpenAi => GPT,
        }
    }

    pub(super) fn other(self) -> &'static str {
        match self {
            Self::Anthropic => SONNET,
            Self::OpenAi => MINI,
        }
    }
}

/// The usual limits.
pub(super) static PATIENT: LazyLock<Value> =
    LazyLock::new(|| json!({"session": {"turnTimeoutSeconds": null, "idleTimeoutSeconds": null}}));

/// Long enough for all that are asked at once to be under way before the first of them fails.
const TOGETHER: Duration = Duration::from_millis(150);

/// The answer of that name, and the limits it is played with.
pub(super) fn answer(name: &str, format: Format) -> (Script, Value) {
    let impatient = |key: &str| json!({"session": {key: 0.4}});
    let script = match name {
        "hang" => return (Script::hang(), impatient("idleTimeoutSeconds")),
        "hang-to-the-end" => return (Script::hang(), impatient("turnTimeoutSeconds")),
        "words-then-silence" => {
            return (stream(format, Some("Well"), None).then_hang(), impatient("idleTimeoutSeconds"));
        }
        "limit-of-account" => limit("five_hour"),
        "limit-of-model" => limit("seven_day_opus"),
        "overflow" => Script::raw(400, "application/json", [overflow(format).to_string()]),
        "stream-overloaded" => stream(format, None, Some(error("overloaded_error", "Overloaded"))),
        "stream-limited" => stream(format, None, Some(error("rate_limit_error", "Too many requests"))),
        "stream-refused" => stream(format, None, Some(error("authentication_error", "invalid key"))),
        "stream-overflow" => stream(format, None, Some(overflow(format))),
        "words-then-overloaded" => stream(format, Some("Well"), Some(error("overloaded_error", "Overloaded"))),
        "words-then-limited" => stream(format, Some("Well"), Some(error("rate_limit_error", "Too many requests"))),
        "words-then-end" => stream(format, Some("Well"), None),
        "words-then-break" => stream(format, Some("Well"), None).then_break(),
        told => {
            let faults = Faults::parse(&format!("a={told}")).unwrap();
            Script::from(faults.effect("a", "m").unwrap())
        }
    };
    (script.delay(TOGETHER), PATIENT.clone())
}

/// A subscription's window is used up for another hour.
fn limit(window: &str) -> Script {
    let reset = "2026-11-20T13:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let script = Script::status(429).header("anthropic-ratelimit-unified-status", "rejected");
    let script = script.header("anthropic-ratelimit-unified-representative-claim", window);
    let script = script.header("anthropic-ratelimit-unified-reset", &reset.as_second().to_string());
    script.header("retry-after", "3600")
}

fn error(kind: &str, message: &str) -> Value {
    json!({"type": "error", "error": {"type": kind, "message": message}})
}

fn overflow(format: Format) -> Value {
    match format {
        Format::Anthropic => error("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
        Format::OpenAi => json!({"error": {
            "message": "This model's maximum context length is 128000 tokens.",
            "type": "invalid_request_error", "code": "context_length_exceeded",
        }}),
    }
}

/// The beginning of an answer, then the error.
fn stream(format: Format, words: Option<&str>, error: Option<Value>) -> Script {
    let event = |data: &Value| match data["type"].as_str() {
        Some(kind) => format!("event: {kind}\ndata: {data}\n\n"),
        None => format!("data: {data}\n\n"),
    };
    let mut events = Vec::new();
    if format == Format::Anthropic {
        events.push(event(&json!({"type": "message_start", "message": {"content": [], "usage": {"input_tokens": 1}}})));
    }
    let delta = |words: &str| match format {
        Format::Anthropic => json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": words}}),
        Format::OpenAi => json!({"choices": [{"index": 0, "delta": {"content": words}, "finish_reason": null}]}),
    };
    events.extend(words.map(|words| event(&delta(words))));
    events.extend(error.map(|error| event(&error)));
    Script::raw(200, "text/event-stream", events)
}
