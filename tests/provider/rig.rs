//! A loopback provider with one known credential per vendor, and the real client before it.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use modelpin::catalog::{ModelRef, ProviderId};
use modelpin::clock::{Clock, SystemClock};
use modelpin::demo::{LoopbackProvider, Script};
use modelpin::history::{Role, Utterance};
use modelpin::profile::{Fingerprint, ProfileId};
use modelpin::provider::{Answer, Anthropic, Api, Ask, Auth, Endpoint, Failure, Http, OpenAi, Provider, Providers};
use secrecy::SecretString;
use tokio::sync::mpsc::unbounded_channel;

/// The credential that every vendor of the rig knows.
pub(crate) const SECRET: &str = "sk-test-9c1f/7Qz+44aa\"b-wire-0b8f";

/// The vendors that guard themselves; any other takes requests without a credential.
const VENDORS: [&str; 5] = ["anthropic", "openai", "openrouter", "mistral", "minimax"];

pub(crate) struct Rig {
    pub(crate) server: LoopbackProvider,
    pub(crate) client: Providers,
}

impl Rig {
    /// One that answers as usual.
    pub(crate) async fn new() -> Self {
        let mut builder = LoopbackProvider::builder();
        for vendor in VENDORS {
            let id = ProfileId::new(&format!("{vendor}:work")).unwrap();
            builder = builder.profile(vendor, &id, &SecretString::from(SECRET));
        }
        Self { server: builder.start().await.unwrap(), client: client(Arc::new(SystemClock)) }
    }

    /// One that answers everything with `script`.
    pub(crate) async fn with(script: Script) -> Self {
        let rig = Self::new().await;
        rig.server.script(None, None, script);
        rig
    }

    /// A request for `model` (`provider/id`) with the known key.
    pub(crate) fn request(&self, model: &str) -> Ask {
        let model: ModelRef = model.parse().unwrap();
        let api = match model.provider.as_str() {
            "anthropic" | "minimax" => Api::AnthropicMessages,
            _ => Api::OpenAiCompletions,
        };
        let base_url = self.server.base_url(model.provider.as_str());
        Ask {
            endpoint: Endpoint { provider: model.provider.clone(), base_url, api, headers: Vec::new() },
            model,
            auth: Some(Auth::ApiKey(SecretString::from(SECRET))),
            messages: vec![said("hello")],
            max_tokens: 1000,
            total: Duration::from_secs(20),
            idle: Duration::from_secs(10),
        }
    }

    /// Sends it; the result, and the pieces in the order in which they came.
    pub(crate) async fn send(&self, ask: &Ask) -> (Result<Answer, Failure>, Vec<String>) {
        let (sender, mut receiver) = unbounded_channel();
        let result = self.client.ask(ask, sender).await;
        let mut pieces = Vec::new();
        while let Some(piece) = receiver.recv().await {
            pieces.push(piece);
        }
        (result, pieces)
    }

    /// Sends the usual request for `model` and gives the failure that must come of it.
    pub(crate) async fn failure(&self, model: &str) -> Failure {
        self.send(&self.request(model)).await.0.unwrap_err()
    }
}

/// The real client.
pub(crate) fn client(clock: Arc<dyn Clock>) -> Providers {
    let http = Arc::new(Http::new(clock));
    Providers::new(Arc::new(Anthropic::new(Arc::clone(&http))), Arc::new(OpenAi::new(http)))
}

pub(crate) fn said(text: &str) -> Utterance {
    Utterance { role: Role::User, text: text.to_owned(), at: Timestamp::UNIX_EPOCH }
}

pub(crate) fn fingerprint() -> Fingerprint {
    Fingerprint::of(&SecretString::from(SECRET))
}

pub(crate) fn provider(id: &str) -> ProviderId {
    ProviderId::new(id).unwrap()
}
