//! `OpenAI`'s Chat Completions API, as many vendors speak it.

use std::sync::Arc;

use modelpin_chat::BoxFuture;
use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use crate::health::FailureClass;
use crate::provider::draft::Draft;
use crate::provider::events::Events;
use crate::provider::http::{Http, Outgoing};
use crate::provider::incoming::{Form, Incoming};
use crate::provider::messages::messages;
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

    async fn answer(&self, ask: &Ask, pieces: UnboundedSender<String>) -> Result<Answer, Failure> {
        let messages = messages(&ask.messages);
        if messages.is_empty() {
            return Err(Failure::nothing_to_send());
        }
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
        let incoming = self
            .http
            .post(Outgoing {
                ask,
                url: format!("{base}/chat/completions"),
                api_key_header: AUTHORIZATION,
                headers: Vec::new(),
                body,
            })
            .await?;
        match incoming.form() {
            Form::Events => stream(Events::of(incoming), Draft::new(pieces)).await,
            Form::Json => whole(incoming, Draft::new(pieces)).await,
            Form::Page => Err(incoming.page()),
        }
    }
}

impl Provider for OpenAi {
    fn ask<'a>(&'a self, ask: &'a Ask, pieces: UnboundedSender<String>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(self.answer(ask, pieces))
    }
}

/// The model's name in the body: `OpenRouter`'s own models carry its name before a slash.
fn wire_model(provider: &str, model: &str) -> String {
    if provider == "openrouter" && !model.contains('/') { format!("openrouter/{model}") } else { model.to_owned() }
}

async fn stream(mut events: Events, mut draft: Draft) -> Result<Answer, Failure> {
    while let Some(data) = events.next().await? {
        if data.trim() == "[DONE]" {
            draft.stopped.get_or_insert_with(|| "stop".to_owned());
            break;
        }
        let chunk: Value = serde_json::from_str(&data).map_err(|_| events.nonsense("an event is not JSON"))?;
        if let Some(body) = ErrorBody::of(&chunk) {
            return Err(events.exchange().error_inside(events.status(), &body));
        }
        count(&mut draft, &chunk);
        choice(&mut draft, &chunk["choices"][0], "delta");
    }
    let (exchange, status) = (Arc::clone(events.exchange()), events.status());
    events.finish();
    draft.finish(&exchange, status)
}

async fn whole(mut incoming: Incoming, mut draft: Draft) -> Result<Answer, Failure> {
    let bytes = incoming.whole().await?;
    let (exchange, status) = (Arc::clone(incoming.exchange()), incoming.status());
    let Ok(completion) = serde_json::from_slice::<Value>(&bytes) else {
        return Err(exchange.failure(FailureClass::Server, Some(status), "the answer is not JSON"));
    };
    if let Some(body) = ErrorBody::of(&completion) {
        return Err(exchange.error_inside(status, &body));
    }
    if !completion["choices"][0].is_object() {
        return Err(exchange.failure(FailureClass::Server, Some(status), "the answer holds no choice"));
    }
    count(&mut draft, &completion);
    choice(&mut draft, &completion["choices"][0], "message");
    draft.stopped.get_or_insert_with(|| "stop".to_owned());
    draft.finish(&exchange, status)
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
