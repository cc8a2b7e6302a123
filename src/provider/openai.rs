//! OpenAI's Chat Completions API, as many vendors speak it.

use std::sync::Arc;

use modelpin_chat::BoxFuture;
use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use crate::provider::dialect::{Dialect, Step, converse};
use crate::provider::draft::Draft;
use crate::provider::http::{Http, Outgoing};
use crate::provider::messages::WireMessage;
use crate::provider::{Answer, Ask, ErrorBody, Failure, Provider};

/// Speaks `openai-completions`.
pub struct OpenAi {
    http: Arc<Http>,
}

impl OpenAi {
    /// Speaks it over `http`.
    pub fn new(http: Arc<Http>) -> Self {
        Self { http }
    }
}

impl Provider for OpenAi {
    fn ask<'a>(&'a self, ask: &'a Ask, pieces: UnboundedSender<String>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(converse::<Self>(&self.http, ask, pieces))
    }
}

impl Dialect for OpenAi {
    fn request<'a>(ask: &'a Ask, messages: &[WireMessage]) -> Outgoing<'a> {
        let provider = ask.endpoint.provider.as_str();
        let mut body = json!({
            "model": wire_model(provider, ask.model.model.as_str()),
            "messages": messages,
            "stream": true,
        });
        // OpenAI's reasoning models refuse the old name; elsewhere the new one is not known everywhere.
        let limit = if provider == "openai" { "max_completion_tokens" } else { "max_tokens" };
        body[limit] = json!(ask.max_tokens);
        // Mistral refuses fields that it does not know, and counts tokens unasked.
        if provider != "mistral" {
            body["stream_options"] = json!({ "include_usage": true });
        }
        let base = ask.endpoint.base_url.trim_end_matches('/');
        let url = format!("{base}/chat/completions");
        Outgoing { ask, url, api_key_header: AUTHORIZATION, headers: Vec::new(), body }
    }

    fn event(draft: &mut Draft, data: &str) -> Result<Step, serde_json::Error> {
        if data.trim() == "[DONE]" {
            draft.stopped.get_or_insert_with(|| "stop".to_owned());
            return Ok(Step::End);
        }
        let chunk: Value = serde_json::from_str(data)?;
        if let Some(body) = ErrorBody::of(&chunk) {
            return Ok(Step::Error(body));
        }
        count(draft, &chunk);
        choice(draft, &chunk["choices"][0], "delta");
        Ok(Step::More)
    }

    fn whole(draft: &mut Draft, completion: &Value) -> Step {
        if let Some(body) = ErrorBody::of(completion) {
            return Step::Error(body);
        }
        if !completion["choices"][0].is_object() {
            return Step::Other("the answer holds no choice");
        }
        count(draft, completion);
        choice(draft, &completion["choices"][0], "message");
        draft.stopped.get_or_insert_with(|| "stop".to_owned());
        Step::End
    }
}

/// The model's name in the body: OpenRouter's own models carry its name before a slash.
fn wire_model(provider: &str, model: &str) -> String {
    if provider == "openrouter" && !model.contains('/') { format!("openrouter/{model}") } else { model.to_owned() }
}

/// The text of a choice, and why it ended.
fn choice(draft: &mut Draft, choice: &Value, part: &str) {
    for field in ["content", "refusal"] {
        match &choice[part][field] {
            Value::String(piece) => draft.push(piece),
            // Mistral's reasoning models send parts, thoughts among them.
            Value::Array(parts) => {
                for part in parts.iter().filter(|part| part["type"] == "text") {
                    draft.push(part["text"].as_str().unwrap_or_default());
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
        }
    }
    // OpenRouter ends a broken answer so, at times without saying more: that is no end.
    if let Some(reason) = choice["finish_reason"].as_str().filter(|reason| *reason != "error") {
        draft.stopped = Some(reason.to_owned());
    }
}

/// Groq puts the counts under its own name as well.
fn count(draft: &mut Draft, chunk: &Value) {
    for usage in [&chunk["usage"], &chunk["x_groq"]["usage"]] {
        draft.tokens_in = usage["prompt_tokens"].as_u64().or(draft.tokens_in);
        draft.tokens_out = usage["completion_tokens"].as_u64().or(draft.tokens_out);
    }
}

#[cfg(test)]
mod tests {
    use super::wire_model;

    #[test]
    fn openrouter_names_its_own_models_in_full() {
        assert_eq!(wire_model("openrouter", "auto"), "openrouter/auto");
        assert_eq!(wire_model("openrouter", "@preset/k"), "@preset/k");
        assert_eq!(wire_model("openai", "gpt-5.4"), "gpt-5.4");
    }
}
