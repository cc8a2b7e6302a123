//! OpenAI's side of Chat Completions.

use serde_json::{Value, json};

use crate::demo::talk::{pieces, tokens};

/// The server-sent events of a whole answer.
pub(crate) fn events(model: &str, text: &str, read: usize) -> Vec<String> {
    let mut events = vec![chunk(model, &json!({"role": "assistant", "content": ""}), None)];
    events.extend(pieces(text).iter().map(|piece| chunk(model, &json!({"content": piece}), None)));
    events.push(chunk(model, &json!({}), Some("stop")));
    let usage = json!({
        "id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 0, "model": model, "choices": [],
        "usage": {"prompt_tokens": read, "completion_tokens": tokens(text), "total_tokens": read + tokens(text)},
    });
    events.push(format!("data: {usage}\n\n"));
    events.push("data: [DONE]\n\n".to_owned());
    events
}

/// The beginning of an answer, then an error, as OpenRouter sends it.
pub(crate) fn cut(model: &str, text: &str) -> Vec<String> {
    let mut events = vec![": OPENROUTER PROCESSING\n\n".to_owned()];
    events.extend(pieces(text).first().map(|piece| chunk(model, &json!({"content": piece}), None)));
    let last = json!({
        "id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 0, "model": model,
        "error": {"code": 502, "message": "Provider disconnected unexpectedly"},
        "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
    });
    events.push(format!("data: {last}\n\n"));
    events
}

fn chunk(model: &str, delta: &Value, finish: Option<&str>) -> String {
    let chunk = json!({
        "id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 0, "model": model,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    });
    format!("data: {chunk}\n\n")
}

/// The answer as one value.
pub(crate) fn completion(model: &str, text: &str, read: usize) -> Value {
    json!({
        "id": "chatcmpl-demo", "object": "chat.completion", "created": 0, "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": read, "completion_tokens": tokens(text), "total_tokens": read + tokens(text)},
    })
}

/// The error that goes with `status`. `masked` is the credential as OpenAI repeats it to whom it refuses.
pub(crate) fn error(status: u16, model: &str, masked: &str) -> Value {
    let (kind, code, message) = match status {
        401 => (
            "invalid_request_error",
            json!("invalid_api_key"),
            format!("Incorrect API key provided: {masked}. You can find your API key in your account settings."),
        ),
        402 => (
            "insufficient_quota",
            json!("insufficient_quota"),
            "You exceeded your current quota, please check your plan and billing details.".to_owned(),
        ),
        403 => ("invalid_request_error", json!(null), "You are not allowed to use this resource.".to_owned()),
        404 => (
            "invalid_request_error",
            json!("model_not_found"),
            format!("The model `{model}` does not exist or you do not have access to it."),
        ),
        413 => (
            "invalid_request_error",
            json!("context_length_exceeded"),
            "This model's maximum context length is exceeded.".to_owned(),
        ),
        429 => (
            "requests",
            json!("rate_limit_exceeded"),
            format!("Rate limit reached for {model}. Please try again later."),
        ),
        529 => (
            "server_error",
            json!("overloaded_error"),
            "The engine is currently overloaded, please try again later.".to_owned(),
        ),
        500..=599 => ("server_error", json!(null), "The server had an error while processing your request.".to_owned()),
        _ => ("invalid_request_error", json!(null), "The loopback provider was told to refuse this.".to_owned()),
    };
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
}

/// `sk-demo-****0b8f`: how OpenAI repeats a key.
pub(crate) fn masked(secret: &str) -> String {
    let characters: Vec<char> = secret.chars().collect();
    if characters.len() < 16 {
        return "*".repeat(8);
    }
    let ends = |part: &[char]| part.iter().collect::<String>();
    format!(
        "{}{}{}",
        ends(&characters[..8]),
        "*".repeat(characters.len() - 12),
        ends(&characters[characters.len() - 4..])
    )
}
