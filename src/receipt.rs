//! What really answered: one row per turn, from which status, notices, usage and audit are read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::session::{Actor, EventId, SessionKey, Source};

/// The record of one turn, made from the request that was really sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// When the turn ended.
    pub at: Timestamp,
    /// The session's key.
    pub session: SessionKey,
    /// Who asked.
    pub actor: Actor,
    /// The event that it was asked with, where the platform may deliver it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// The model ref that answered, or that was tried last; `None` when no request was sent.
    pub model: Option<String>,
    /// The profile whose credential was on the wire; `env:NAME` or `config:PROVIDER` where it came from there.
    pub profile: Option<String>,
    /// The fingerprint of the secret that was on the wire.
    pub fingerprint: Option<String>,
    /// Who chose.
    pub source: Source,
    /// Whether the choice was for this turn only: `/opus what is that?`, `/model opus once`.
    #[serde(default)]
    pub once: bool,
    /// How the choice came about, in words.
    pub reason: String,
    /// How the credential is paid for.
    pub class: Option<BillingClass>,
    /// Candidates that were passed over or failed, in order.
    pub attempts: Vec<ReceiptAttempt>,
    /// The requests that were sent for it, in order, each under the credential that was on the wire.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<ReceiptRequest>,
    /// Tokens read by the model, where the provider says so.
    pub tokens_in: Option<u64>,
    /// Tokens written by the model, where the provider says so.
    pub tokens_out: Option<u64>,
    /// From the start of the turn to its end, in milliseconds.
    pub latency_ms: u64,
    /// How it ended: `ok`, `stopped`, `refused` (nothing was sent), or a failure class.
    pub outcome: String,
}

impl Receipt {
    /// Whether a model answered to the end.
    pub fn is_answer(&self) -> bool {
        self.outcome == "ok"
    }
}

/// A candidate that did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptAttempt {
    /// The model ref.
    pub model: String,
    /// The profile, or `env:NAME`, or `config:PROVIDER`.
    pub profile: String,
    /// Why it did not answer, in words.
    pub why: String,
}

/// A request that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptRequest {
    /// The model ref.
    pub model: String,
    /// The profile, or `env:NAME`, or `config:PROVIDER`.
    pub profile: String,
    /// The fingerprint of the secret that was on the wire.
    pub fingerprint: Option<String>,
    /// How the credential is paid for.
    pub class: Option<BillingClass>,
    /// How it ended: `ok`, `stopped`, or a failure class.
    pub outcome: String,
    /// Tokens read by the model, where the provider says so.
    pub tokens_in: Option<u64>,
    /// Tokens written by the model, where the provider says so.
    pub tokens_out: Option<u64>,
    /// What it cost by the prices that were configured then, in millionths of the currency; `None` where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<u64>,
}

impl ReceiptRequest {
    /// Whether the model answered to the end.
    pub fn is_answer(&self) -> bool {
        self.outcome == "ok"
    }
}

/// How a credential is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BillingClass {
    /// A flat fee: OAuth grants and setup-tokens.
    Subscription,
    /// By use: API keys.
    Metered,
}
