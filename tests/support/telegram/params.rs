//! What came with a request, in any of the forms that the Bot API takes.

use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::support::telegram::failure::Failure;

/// Parameters that are text even where they look like something else.
const TEXTS: &[&str] =
    &["text", "caption", "parse_mode", "callback_query_id", "url", "secret_token", "language_code", "action"];

/// The parameters of one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(pub(crate) Map<String, Value>);

impl Params {
    /// Reads the query and the body; a body says by its type how it is to be read.
    pub(crate) fn read(query: &str, content_type: &str, body: &[u8]) -> Result<Self, Failure> {
        let mut params = Self::default();
        params.add_form(query.as_bytes());
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            _ if body.is_empty() => {}
            "application/json" => match serde_json::from_slice(body) {
                Ok(Value::Object(fields)) => params.0.extend(fields),
                Ok(_) | Err(_) => return Err(Failure::bad("can't parse JSON object")),
            },
            "application/x-www-form-urlencoded" => params.add_form(body),
            "multipart/form-data" => params.add_parts(content_type, body)?,
            // The real one passes over what it cannot read.
            _ => {}
        }
        params.0.retain(|_, value| !value.is_null());
        Ok(params)
    }

    fn add_form(&mut self, form: &[u8]) {
        for (name, value) in form_urlencoded::parse(form) {
            self.add_text(&name, &value);
        }
    }

    /// Numbers, flags and what is written as JSON come as text there.
    fn add_text(&mut self, name: &str, text: &str) {
        let value = if TEXTS.contains(&name) { None } else { serde_json::from_str(text).ok() };
        self.0.insert(name.to_owned(), value.unwrap_or_else(|| Value::String(text.to_owned())));
    }

    fn add_parts(&mut self, content_type: &str, body: &[u8]) -> Result<(), Failure> {
        let broken = || Failure::bad("can't parse multipart form data");
        let boundary = content_type.split("boundary=").nth(1).ok_or_else(broken)?;
        let boundary = boundary.split(';').next().unwrap_or_default().trim_matches('"');
        let body = std::str::from_utf8(body).map_err(|_| broken())?;
        let mut whole = false;
        for part in body.split(&format!("--{boundary}")).skip(1) {
            if part.starts_with("--") {
                whole = true;
                break;
            }
            let (head, content) = part.split_once("\r\n\r\n").ok_or_else(broken)?;
            let name = head.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).ok_or_else(broken)?;
            self.add_text(name, content.strip_suffix("\r\n").ok_or_else(broken)?);
        }
        if whole { Ok(()) } else { Err(broken()) }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A whole number; the real one takes one that is written as text too.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        let value = self.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "1"),
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => false,
        }
    }

    /// What is JSON inside; it may also come as a text that holds JSON.
    pub(crate) fn structure(&self, name: &str) -> Option<Value> {
        match self.get(name)? {
            Value::String(text) => serde_json::from_str(text).ok(),
            value => Some(value.clone()),
        }
    }
}
