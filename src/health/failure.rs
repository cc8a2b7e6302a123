//! The classes of failure that decide what happens next.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a request to a provider failed, from its status and typed body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// Too many requests: this credential on this model has to wait.
    RateLimit,
    /// Too many requests of the whole account, as the provider itself says: the credential has to wait on every model.
    AccountLimit,
    /// The account cannot pay: the whole credential is out for hours.
    Billing,
    /// The credential is refused: it is out until its secret changes.
    Auth,
    /// The refresh token of an OAuth grant is no longer taken: a person has to log in again.
    NeedsLogin,
    /// An OAuth grant could not be renewed this time: its token endpoint failed, or its store could not be written.
    NotRenewed,
    /// The provider says that the credential is for its own client only. Using another client's name is no way out.
    ClientOnly,
    /// The provider is overloaded: this model has to wait, whoever asks.
    Overloaded,
    /// The provider failed (5xx): this model has to wait, whoever asks.
    Server,
    /// No answer in time, or no connection: this model has to wait, whoever asks.
    Timeout,
    /// The request was malformed: nobody is to blame but this turn.
    Malformed,
    /// The conversation is too long for the model: nobody is to blame but this turn.
    ContextOverflow,
    /// The provider has no such model: nobody is benched for it.
    ModelNotFound,
}

impl FailureClass {
    /// Whether it is about the account behind a credential rather than about the secret of the moment.
    pub fn is_of_account(self) -> bool {
        match self {
            Self::RateLimit | Self::AccountLimit | Self::Billing | Self::ClientOnly => true,
            Self::Auth
            | Self::NeedsLogin
            | Self::NotRenewed
            | Self::Overloaded
            | Self::Server
            | Self::Timeout
            | Self::Malformed
            | Self::ContextOverflow
            | Self::ModelNotFound => false,
        }
    }

    /// The class as one word, as it stands in receipts: `rate_limit`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RateLimit => "rate_limit",
            Self::AccountLimit => "account_limit",
            Self::Billing => "billing",
            Self::Auth => "auth",
            Self::NeedsLogin => "needs_login",
            Self::NotRenewed => "not_renewed",
            Self::ClientOnly => "client_only",
            Self::Overloaded => "overloaded",
            Self::Server => "server",
            Self::Timeout => "timeout",
            Self::Malformed => "malformed",
            Self::ContextOverflow => "context_overflow",
            Self::ModelNotFound => "model_not_found",
        }
    }
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
