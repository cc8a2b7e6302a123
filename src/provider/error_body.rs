//! What a provider says when it refuses, whichever of the many shapes it says it in.

use serde_json::Value;

/// An error, taken apart. Nothing in it is fit to be shown before the request's secret was taken out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorBody {
    /// The kind of error: `error.type` at Anthropic and OpenAI, `error.status` at Google, `metadata.error_type` at
    /// OpenRouter.
    pub kind: Option<String>,
    /// The finer code: `error.code` where it is text, or the reason among Google's details.
    pub code: Option<String>,
    /// The sentence for people.
    pub message: Option<String>,
    /// The HTTP status that the body claims; all there is when an error arrives within an answer.
    pub status: Option<u16>,
    /// Whether a moderation says which of its rules was broken: what was written is refused, not who wrote it.
    pub moderated: bool,
    /// How long to wait, in the words of the body (`34s`).
    pub retry_delay: Option<String>,
    /// Response headers that the body repeats, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl ErrorBody {
    /// Reads an error body; one that is no JSON has a message at most.
    pub fn read(bytes: &[u8]) -> Self {
        if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
            return Self::of(&value).unwrap_or_default();
        }
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim();
        // A web page says nothing in its first line, nor does JSON that was cut off.
        let worded = !text.is_empty() && !text.starts_with('<') && !text.starts_with('{');
        Self { message: worded.then(|| text.to_owned()), ..Self::default() }
    }

    /// The error in a JSON value; `None` if it holds none.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            // Google wraps its errors in a list.
            Value::Array(items) => return items.iter().find_map(Self::of),
            Value::Object(_) => {}
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        }
        match value.get("error") {
            Some(Value::Object(_)) => Some(Self::from_object(&value["error"])),
            // xAI has its code beside the text, Ollama only the text.
            Some(Value::String(message)) => Some(Self { message: Some(message.clone()), ..Self::from_object(value) }),
            Some(_) | None => {
                let said = ["message", "detail", "msg"].iter().any(|field| worded(&value[*field]).is_some());
                (said && value.get("choices").is_none()).then(|| Self::from_object(value))
            }
        }
    }

    fn from_object(error: &Value) -> Self {
        let metadata = &error["metadata"];
        let details = error["details"].as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let detail = |field: &str| details.iter().find_map(|detail| text(&detail[field]));
        let kind = text(&metadata["error_type"]).or_else(|| text(&error["type"]).filter(|kind| kind != "error"));
        Self {
            kind: kind.or_else(|| text(&error["status"])),
            code: text(&metadata["limit_source"]).or_else(|| detail("reason")).or_else(|| text(&error["code"])),
            message: message(error, metadata),
            status: [&error["code"], &error["status"], &error["status_code"]].into_iter().find_map(status),
            moderated: metadata["reasons"].is_array(),
            retry_delay: detail("retryDelay"),
            headers: metadata["headers"]
                .as_object()
                .map(|headers| headers.iter().filter_map(header).collect())
                .unwrap_or_default(),
        }
    }
}

/// The sentence; what the vendor behind a router said, where the router only says that it said something.
fn message(error: &Value, metadata: &Value) -> Option<String> {
    let own = ["message", "detail", "msg"].iter().find_map(|field| worded(&error[*field]));
    let raw = worded(&metadata["raw"]).map(|raw| {
        let inner = serde_json::from_str::<Value>(&raw).ok().and_then(|value| ErrorBody::of(&value));
        inner.and_then(|inner| inner.message).unwrap_or(raw)
    });
    match (own, raw) {
        (Some(own), Some(raw)) if raw != own => Some(format!("{own}: {raw}")),
        (own, raw) => own.or(raw),
    }
}

/// A sentence, be it plain text or wrapped once more.
fn worded(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Object(_) => ["message", "detail", "msg", "error"].iter().find_map(|field| worded(&value[*field])),
        Value::Array(items) => items.iter().find_map(worded),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// A number, or digits alone, that is an HTTP status of failure.
fn status(value: &Value) -> Option<u16> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    u16::try_from(number).ok().filter(|status| (400..600).contains(status))
}

fn header((name, value): (&String, &Value)) -> Option<(String, String)> {
    let value = value.as_str().map(str::to_owned).or_else(|| value.as_i64().map(|number| number.to_string()))?;
    Some((name.to_ascii_lowercase(), value))
}
