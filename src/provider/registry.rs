//! Which implementation speaks which wire format.

use std::sync::Arc;

use modelpin_chat::BoxFuture;
use tokio::sync::mpsc::UnboundedSender;

use crate::provider::{Answer, Api, Ask, Failure, Provider};

/// One implementation per wire format. Itself a [`Provider`]: it hands each request to the one its endpoint asks for.
#[derive(Clone)]
pub struct Providers {
    anthropic: Arc<dyn Provider>,
    openai: Arc<dyn Provider>,
}

impl Providers {
    /// With these two.
    pub fn new(anthropic: Arc<dyn Provider>, openai: Arc<dyn Provider>) -> Self {
        Self { anthropic, openai }
    }

    /// The one that speaks `api`.
    pub fn get(&self, api: Api) -> &Arc<dyn Provider> {
        match api {
            Api::AnthropicMessages => &self.anthropic,
            Api::OpenAiCompletions => &self.openai,
        }
    }
}

impl Provider for Providers {
    fn ask<'a>(&'a self, ask: &'a Ask, pieces: UnboundedSender<String>) -> BoxFuture<'a, Result<Answer, Failure>> {
        self.get(ask.endpoint.api).ask(ask, pieces)
    }
}
