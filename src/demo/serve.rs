//! One request to the loopback provider.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body as HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use secrecy::SecretString;
use serde_json::Value;
use tokio::sync::watch;

use crate::demo::loopback::{Shared, closed};
use crate::demo::script::{Body, End, Script};
use crate::demo::seen::Seen;
use crate::demo::talk::{tokens, words};
use crate::demo::{anthropic, openai};
use crate::profile::{Fingerprint, ProfileId};
use crate::provider::Api;

/// The largest request that is read, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;

const EVENT_STREAM: &str = "text/event-stream; charset=utf-8";
const JSON: &str = "application/json";

/// Answers a request to any path.
pub(crate) async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let api = if path.ends_with("/v1/messages") {
        Api::AnthropicMessages
    } else if path.ends_with("/chat/completions") {
        Api::OpenAiCompletions
    } else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Ok(bytes) = to_bytes(request.into_body(), LARGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let provider = path.split('/').nth(1).unwrap_or_default().to_owned();
    let caller = Caller::of(&shared, &provider, &headers);
    let model = body["model"].as_str().unwrap_or_default().to_owned();
    let script = if caller.welcome { shared.script_for(caller.profile.as_ref(), &model) } else { Script::status(401) };
    let status = if matches!(script.body, Body::Hang) { 0 } else { script.status };
    let text = words(&model, caller.fingerprint.as_ref(), caller.profile.as_ref(), &body);
    let exchange = Exchange { api, read: tokens(&body.to_string()), model: model.clone(), masked: caller.masked };
    let (tokens, answered) = counted(&script, api, exchange.read, &text);
    shared.note(Seen {
        at: shared.clock.now(),
        provider,
        api,
        fingerprint: caller.fingerprint.clone(),
        profile: caller.profile,
        model,
        status,
        tokens,
        answered,
        headers: shown(&headers, caller.fingerprint.as_ref()),
        body,
    });
    exchange.answer(&shared, script, &text).await
}

/// What an answer says of its size, and whether it is whole. Of raw bytes nothing is known.
fn counted(script: &Script, api: Api, read: usize, text: &str) -> (Option<(u64, u64)>, bool) {
    let of = |read: usize, written: usize| {
        Some((u64::try_from(read).unwrap_or_default(), u64::try_from(written).unwrap_or_default()))
    };
    match (&script.body, api) {
        (Body::Talk(own), _) => (of(read, tokens(own.as_deref().unwrap_or(text))), script.status == 200),
        (Body::Json, _) => (of(read, tokens(text)), script.status == 200),
        // Anthropic counts at the beginning of its answer, the others at its end.
        (Body::Cut, Api::AnthropicMessages) => (of(1, 1), false),
        (Body::Cut | Body::Error | Body::ClientOnly | Body::Hang | Body::Raw(..), _) => (None, false),
    }
}

/// Who sent a request.
struct Caller {
    fingerprint: Option<Fingerprint>,
    profile: Option<ProfileId>,
    welcome: bool,
    masked: String,
}

impl Caller {
    fn of(shared: &Shared, provider: &str, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let credential = text("x-api-key").or(bearer);
        let fingerprint = credential.map(|credential| Fingerprint::of(&SecretString::from(credential)));
        let key = fingerprint.clone().map(|fingerprint| (provider.to_owned(), fingerprint));
        let profile = key.and_then(|key| shared.known.get(&key).cloned());
        let guarded = shared.known.keys().any(|(own, _)| own == provider);
        let masked = credential.map(openai::masked).unwrap_or_default();
        Self { welcome: profile.is_some() || !guarded, fingerprint, profile, masked }
    }
}

/// The headers, the credential replaced by its fingerprint.
fn shown(headers: &HeaderMap, fingerprint: Option<&Fingerprint>) -> Vec<(String, String)> {
    let fingerprint = fingerprint.map(Fingerprint::as_str).unwrap_or_default();
    let shown = |(name, value): (&header::HeaderName, &HeaderValue)| {
        let value = match name.as_str() {
            "x-api-key" => fingerprint.to_owned(),
            "authorization" => format!("Bearer {fingerprint}"),
            _ => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        (name.as_str().to_owned(), value)
    };
    headers.iter().map(shown).collect()
}

/// What an answer is made from.
struct Exchange {
    api: Api,
    model: String,
    read: usize,
    masked: String,
}

impl Exchange {
    async fn answer(&self, shared: &Shared, script: Script, text: &str) -> Response {
        let Script { status, headers, delay, body, times: _ } = script;
        if !delay.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = closed(shared.closing.clone()) => {}
            }
        }
        let model = &self.model;
        let (content_type, chunks, end) = match (body, self.api) {
            (Body::Hang, _) => {
                closed(shared.closing.clone()).await;
                (JSON, Vec::new(), End::Break)
            }
            (Body::Talk(own), Api::AnthropicMessages) => {
                let text = own.as_deref().unwrap_or(text);
                (EVENT_STREAM, bytes(anthropic::events(model, text, self.read)), End::Close)
            }
            (Body::Talk(own), Api::OpenAiCompletions) => {
                let text = own.as_deref().unwrap_or(text);
                (EVENT_STREAM, bytes(openai::events(model, text, self.read)), End::Close)
            }
            (Body::Cut, Api::AnthropicMessages) => (EVENT_STREAM, bytes(anthropic::cut(model, text)), End::Close),
            (Body::Cut, Api::OpenAiCompletions) => (EVENT_STREAM, bytes(openai::cut(model, text)), End::Close),
            (Body::Json, Api::AnthropicMessages) => json(&anthropic::message(model, text, self.read)),
            (Body::Json, Api::OpenAiCompletions) => json(&openai::completion(model, text, self.read)),
            (Body::Error, Api::AnthropicMessages) => json(&anthropic::error(status, model)),
            (Body::Error, Api::OpenAiCompletions) => json(&openai::error(status, model, &self.masked)),
            // Only Anthropic is known to say this, and those who pass its answers on.
            (Body::ClientOnly, Api::AnthropicMessages | Api::OpenAiCompletions) => json(&anthropic::client_only()),
            (Body::Raw(chunks, end), _) => (EVENT_STREAM, chunks, end),
        };
        let paced = flow(chunks, end, shared.pace, shared.closing.clone());
        let mut response = Response::new(paced);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        for (name, value) in &headers {
            if let (Ok(name), Ok(value)) = (name.parse::<header::HeaderName>(), HeaderValue::from_str(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

fn bytes(events: Vec<String>) -> Vec<Vec<u8>> {
    events.into_iter().map(String::into_bytes).collect()
}

fn json(value: &Value) -> (&'static str, Vec<Vec<u8>>, End) {
    (JSON, vec![value.to_string().into_bytes()], End::Close)
}

/// A body that comes chunk by chunk, and ends early when the provider does.
fn flow(chunks: Vec<Vec<u8>>, end: End, pace: Duration, closing: watch::Receiver<bool>) -> HttpBody {
    let stream = unfold((chunks.into_iter(), false), move |(mut chunks, begun)| {
        let closing = closing.clone();
        async move {
            // One chunk is one write: the next is not handed over before the connection took this one.
            if begun {
                tokio::select! {
                    () = rest(pace) => {}
                    () = closed(closing.clone()) => return None,
                }
            }
            match (chunks.next(), end) {
                (Some(chunk), _) => Some((Ok::<_, io::Error>(chunk), (chunks, true))),
                (None, End::Close) => None,
                (None, End::Hang) => {
                    closed(closing).await;
                    None
                }
                (None, End::Break) => Some((Err(io::Error::other("told to break")), (chunks, true))),
            }
        }
    });
    HttpBody::from_stream(stream)
}

async fn rest(pace: Duration) {
    if pace.is_zero() {
        tokio::task::yield_now().await;
    } else {
        tokio::time::sleep(pace).await;
    }
}
