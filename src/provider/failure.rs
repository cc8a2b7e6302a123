//! How a request fails.

use std::time::Duration;

use crate::health::FailureClass;
use crate::provider::Sent;

/// A request that got no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Failure {
    /// What follows from it.
    pub class: FailureClass,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// How long the provider asked to wait.
    pub retry_after: Option<Duration>,
    /// What the provider said, in one line of at most 200 characters, with the request's secret taken out.
    pub detail: String,
    /// What was on the wire; `None` when nothing was sent.
    pub sent: Option<Sent>,
}

impl Failure {
    /// The conversation is blank: no API takes that, so nothing was sent.
    pub(crate) fn nothing_to_send() -> Self {
        Self {
            class: FailureClass::Malformed,
            status: None,
            retry_after: None,
            detail: "there is nothing to send: the message is blank".to_owned(),
            sent: None,
        }
    }
}
