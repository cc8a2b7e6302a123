//! Why an account cannot be served.

/// Why an account cannot be served. What passes by itself is waited for and is none of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServeFault {
    /// Discord does not know the token, or not any more: a new one is needed.
    #[error("the token of `{account}` is refused: {why}")]
    TokenRefused {
        /// The account.
        account: String,
        /// What Discord says.
        why: String,
    },
    /// Discord does not let the bot in as it is set up: an intent that is not switched on, shards that cannot be.
    #[error("`{account}` is refused: {why}")]
    Refused {
        /// The account.
        account: String,
        /// What Discord says, and what to do.
        why: String,
    },
    /// No client could be made: the address of the API is not usable.
    #[error("`{account}` cannot be served: {why}")]
    NoClient {
        /// The account.
        account: String,
        /// Why.
        why: String,
    },
    /// Discord does not answer. Only [`crate::check`] gives up because of that.
    #[error("Discord cannot be reached for `{account}`: {why}")]
    Unreachable {
        /// The account.
        account: String,
        /// Why.
        why: String,
    },
}
