//! The way to a token endpoint.

use std::time::Duration;

use jiff::Timestamp;
use modelpin_chat::BoxFuture;
use secrecy::SecretString;

use crate::oauth::{TokenEndpoint, Verdict};

/// Exchanges refresh tokens. Implemented over HTTP by [`crate::oauth::TokenHttp`].
pub trait TokenServer: Send + Sync {
    /// Sends the refresh token once, and gives what came for it.
    ///
    /// Implementors MUST NOT retry or follow redirects, since the token may be good for one use, and MUST end within a
    /// time of their own.
    fn refresh<'a>(&'a self, request: &'a TokenRequest) -> BoxFuture<'a, Result<Tokens, TokenFault>>;
}

/// One exchange.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// Where, and as whom.
    pub endpoint: TokenEndpoint,
    /// The refresh token.
    pub refresh: SecretString,
    /// When it is sent.
    pub at: Timestamp,
}

/// What came for a refresh token.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The new access token.
    pub access: SecretString,
    /// The next refresh token; where none came, the old one stays good.
    pub refresh: Option<SecretString>,
    /// How long the access token lasts, where that was said.
    pub lasts: Option<Duration>,
}

/// No tokens came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct TokenFault {
    /// What follows from it.
    pub verdict: Verdict,
    /// What happened, in one line of at most 200 characters without any secret.
    pub detail: String,
}
