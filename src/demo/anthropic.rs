//! Anthropic's side of the Messages API.

use serde_json::{Value, json};

use crate::demo::talk::{pieces, tokens};

/// The server-sent events of a whole answer.
pub(crate) fn events(model: &str, text: &str, read: usize) -> Vec<String> {
    let mut events = opening(model, read);
    events.extend(pieces(text).iter().map(|piece| delta(piece)));
    events.push(event(&json!({"type": "content_block_stop", "index": 0})));
    events.push(event(&json!({
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": null},
        "usage": {"output_tokens": tokens(text)},
    })));
    events.push(event(&json!({"type": "message_stop"})));
    events
}

/// The beginning of an answer, then an error.
pub(crate) fn cut(model: &str, text: &str) -> Vec<String> {
    let mut events = opening(model, 1);
    events.extend(pieces(text).first().map(|piece| delta(piece)));
    events.push(event(&json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})));
    events
}

fn opening(model: &str, read: usize) -> Vec<String> {
    vec![
        event(&json!({
            "type": "message_start",
            "message": {
                "id": "msg_demo", "type": "message", "role": "assistant", "model": model, "content": [],
                "stop_reason": null, "stop_sequence": null, "usage": {"input_tokens": read, "output_tokens": 1},
            },
        })),
        event(&json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})),
        event(&json!({"type": "ping"})),
    ]
}

fn delta(piece: &str) -> String {
    event(&json!({
        "type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece},
    }))
}

fn event(data: &Value) -> String {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap_or_default())
}

/// The answer as one value.
pub(crate) fn message(model: &str, text: &str, read: usize) -> Value {
    json!({
        "id": "msg_demo", "type": "message", "role": "assistant", "model": model,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn", "stop_sequence": null,
        "usage": {"input_tokens": read, "output_tokens": tokens(text)},
    })
}

/// The error that goes with `status`.
pub(crate) fn error(status: u16, model: &str) -> Value {
    let (kind, message) = match status {
        401 => ("authentication_error", "invalid x-api-key".to_owned()),
        402 => ("billing_error", "Your account has a payment problem. Please check your billing details.".to_owned()),
        403 => ("permission_error", "Your API key does not have permission to use this resource.".to_owned()),
        404 => ("not_found_error", format!("model: {model}")),
        413 => ("request_too_large", "Request exceeds the maximum size".to_owned()),
        429 => (
            "rate_limit_error",
            "This request would exceed your account's rate limit. Please try again later.".to_owned(),
        ),
        504 => ("timeout_error", "Request timed out".to_owned()),
        529 => ("overloaded_error", "Overloaded".to_owned()),
        500..=599 => ("api_error", "Internal server error".to_owned()),
        _ => ("invalid_request_error", "messages: the loopback provider was told to refuse this".to_owned()),
    };
    enveloped(kind, &message)
}

/// The refusal of credentials that are for another client.
pub(crate) fn client_only() -> Value {
    let sentence =
        "This credential is only authorized for use with Claude Code and cannot be used for other API requests.";
    enveloped("invalid_request_error", sentence)
}

fn enveloped(kind: &str, message: &str) -> Value {
    json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_demo"})
}
