//! Anthropic's Messages API.

use std::sync::Arc;

use modelpin_chat::BoxFuture;
use reqwest::header::HeaderName;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use crate::provider::dialect::{Dialect, Step, converse};
use crate::provider::draft::Draft;
use crate::provider::http::{Http, Outgoing};
use crate::provider::messages::WireMessage;
use crate::provider::{Answer, Ask, Auth, ErrorBody, Failure, Provider};

/// The version of the API that is spoken.
const VERSION: &str = "2023-06-01";

/// The public flag without which Anthropic takes no bearer tokens.
const BEARER_BETA: &str = "oauth-2025-04-20";

/// Speaks `anthropic-messages`.
pub struct Anthropic {
    http: Arc<Http>,
}

impl Anthropic {
    /// Speaks it over `http`.
    pub fn new(http: Arc<Http>) -> Self {
        Self { http }
    }
}

impl Provider for Anthropic {
    fn ask<'a>(&'a self, ask: &'a Ask, pieces: UnboundedSender<String>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(converse::<Self>(&self.http, ask, pieces))
    }
}

impl Dialect for Anthropic {
    fn request<'a>(ask: &'a Ask, messages: &[WireMessage]) -> Outgoing<'a> {
        let base = ask.endpoint.base_url.trim_end_matches('/');
        let base = base.strip_suffix("/v1").unwrap_or(base);
        let mut headers = vec![("anthropic-version", VERSION)];
        let vendor = ask.endpoint.provider.as_str() == "anthropic";
        if vendor && matches!(ask.auth, Some(Auth::Bearer(_))) {
            headers.push(("anthropic-beta", BEARER_BETA));
        }
        Outgoing {
            ask,
            url: format!("{base}/v1/messages"),
            api_key_header: HeaderName::from_static("x-api-key"),
            headers,
            body: json!({
                "model": ask.model.model.as_str(),
                "max_tokens": ask.max_tokens,
                "messages": messages,
                "stream": true,
            }),
        }
    }

    fn event(draft: &mut Draft, data: &str) -> Result<Step, serde_json::Error> {
        let event: Value = serde_json::from_str(data)?;
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => count(draft, &event["message"]["usage"]),
            "content_block_start" => text(draft, &event["content_block"]),
            "content_block_delta" => text(draft, &event["delta"]),
            "message_delta" => {
                count(draft, &event["usage"]);
                if let Some(reason) = event["delta"]["stop_reason"].as_str() {
                    draft.stopped = Some(reason.to_owned());
                }
            }
            "message_stop" => {
                draft.stopped.get_or_insert_with(|| "end_turn".to_owned());
                return Ok(Step::End);
            }
            "error" => return Ok(Step::Error(ErrorBody::of(&event).unwrap_or_default())),
            // `ping`, `content_block_stop`, and what the API may add: its versioning promises that it can be passed over.
            _ => {}
        }
        Ok(Step::More)
    }

    fn whole(draft: &mut Draft, message: &Value) -> Step {
        let Some(blocks) = message["content"].as_array() else {
            return Step::Error(ErrorBody::of(message).unwrap_or_default());
        };
        for block in blocks {
            text(draft, block);
        }
        count(draft, &message["usage"]);
        draft.stopped = Some(message["stop_reason"].as_str().unwrap_or("end_turn").to_owned());
        Step::End
    }
}

/// The text of a block or of a delta; thoughts and tools have none.
fn text(draft: &mut Draft, block: &Value) {
    if matches!(block["type"].as_str(), Some("text" | "text_delta"))
        && let Some(piece) = block["text"].as_str()
    {
        draft.push(piece);
    }
}

/// Tokens read count whether they came from a cache or not.
fn count(draft: &mut Draft, usage: &Value) {
    if let Some(fresh) = usage["input_tokens"].as_u64() {
        let cached = ["cache_creation_input_tokens", "cache_read_input_tokens"];
        draft.tokens_in = Some(fresh + cached.iter().filter_map(|field| usage[*field].as_u64()).sum::<u64>());
    }
    draft.tokens_out = usage["output_tokens"].as_u64().or(draft.tokens_out);
}
