//! One request to a provider, and its answer.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use crate::catalog::{Api, ModelRef, ProviderId};
use crate::history::Utterance;
use crate::profile::Fingerprint;

/// Everything one request needs.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The model.
    pub model: ModelRef,
    /// Where to send it.
    pub endpoint: Endpoint,
    /// The credential; `None` for a provider that wants none (a local server).
    pub auth: Option<Auth>,
    /// The conversation, the question last.
    pub messages: Vec<Utterance>,
    /// The longest answer asked for, in tokens.
    pub max_tokens: u32,
    /// The longest the whole request may take.
    pub total: Duration,
    /// The longest that nothing may arrive.
    pub idle: Duration,
}

/// Where a provider is and what it speaks.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Whose it is.
    pub provider: ProviderId,
    /// The base URL, without a trailing `/`.
    pub base_url: String,
    /// The wire format.
    pub api: Api,
    /// Further request headers from the configuration. Their values may be secrets: only their names are ever shown.
    pub headers: Vec<(String, String)>,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Endpoint")
            .field("provider", &self.provider)
            .field("base_url", &self.base_url)
            .field("api", &self.api)
            .field("headers", &names)
            .finish()
    }
}

/// A secret, and how it goes on the wire.
#[derive(Debug, Clone)]
pub enum Auth {
    /// An API key: `x-api-key` at Anthropic, `Authorization: Bearer` elsewhere.
    ApiKey(SecretString),
    /// A setup-token or an OAuth access token: `Authorization: Bearer`, with the provider's public beta header.
    Bearer(SecretString),
}

/// What was really sent, noted by the code that put it on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The fingerprint of the secret in the header; `None` when there was none.
    pub fingerprint: Option<Fingerprint>,
    /// The model name in the body.
    pub model: String,
    /// Tokens read, as far as the provider had said so when the request failed.
    pub tokens_in: Option<u64>,
    /// Tokens written, as far as the provider had said so when the request failed.
    pub tokens_out: Option<u64>,
}

/// A finished answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The whole text.
    pub text: String,
    /// Tokens read, where the provider says so.
    pub tokens_in: Option<u64>,
    /// Tokens written, where the provider says so.
    pub tokens_out: Option<u64>,
    /// What was on the wire.
    pub sent: Sent,
}
