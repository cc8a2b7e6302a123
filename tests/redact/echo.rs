//! A provider that repeats what it should not.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use modelpin::demo::Script;
use serde_json::json;

/// Every form of each secret, each on a line of its own.
pub(super) fn forms(secrets: &[String]) -> String {
    let mut text = String::from("Well, they are:\n");
    for secret in secrets {
        let hexadecimal = secret.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        for form in [
            secret.clone(),
            serde_json::to_string(secret).unwrap(),
            serde_json::to_string(&json!({"inner": json!({"key": secret}).to_string()})).unwrap(),
            format!("?key={}", url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>()),
            format!("?key={}", secret.replace('/', "%2F").replace('+', "%2B").replace('"', "%22")),
            format!("Bearer {secret}"),
            STANDARD.encode(secret),
            format!("Basic {}", STANDARD.encode(format!(":{secret}"))),
            format!("Basic {}", URL_SAFE_NO_PAD.encode(format!("me:{secret}!"))),
            hexadecimal,
        ] {
            writeln!(text, "{form} .").unwrap();
        }
    }
    text + "That was all."
}

/// The answer `text` of Anthropic, in pieces of so many characters.
pub(super) fn streamed(text: &str, size: usize) -> Script {
    let characters: Vec<char> = text.chars().collect();
    let delta = |piece: &[char]| {
        let piece: String = piece.iter().collect();
        event(&json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}))
    };
    let mut events: Vec<String> = characters.chunks(size).map(delta).collect();
    events.push(event(&json!({"type": "message_stop"})));
    Script::raw(200, "text/event-stream", events)
}

/// The first `size` characters of it, and an error.
pub(super) fn broken_off(text: &str, size: usize) -> Script {
    let Some(end) = text.char_indices().nth(size).map(|(end, _)| end) else { panic!("{text} is shorter than {size}") };
    let delta = json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": &text[..end]}});
    let error = json!({"type": "error", "error": {"type": "api_error", "message": "gone"}});
    Script::raw(200, "text/event-stream", [event(&delta), event(&error)])
}

/// A refusal that repeats `text` in its body and the first secret in its headers.
pub(super) fn refusal(status: u16, kind: &str, text: &str, secret: &str) -> Script {
    let body = json!({"type": "error", "error": {"type": kind, "message": text}});
    Script::raw(status, "application/json", [body.to_string()])
        .header("x-request-id", secret)
        .header("retry-after", secret)
        .header("www-authenticate", &format!("Bearer {secret}"))
}

fn event(data: &serde_json::Value) -> String {
    format!("data: {data}\n\n")
}
