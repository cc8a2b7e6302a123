//! Why an account is not served.

use std::net::SocketAddr;

/// Why an account is not served any more, or cannot be. What passes by itself is waited for and is not among them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServeFault {
    /// Telegram does not know the token. Trying again is of no use before there is another one.
    #[error(
        "Telegram does not know the token of account `{account}` ({why}). Send /token to @BotFather for the one that \
         counts, write it into the configuration, and start the account again"
    )]
    TokenRefused {
        /// The account.
        account: String,
        /// Telegram's words.
        why: String,
    },
    /// Telegram takes no such webhook. Trying again is of no use before the configuration is another one.
    #[error(
        "Telegram does not bring the updates of account `{account}` to the address of its webhook: {why}. It has to be \
         `https` on port 443, 80, 88 or 8443, under a name that Telegram can look up"
    )]
    WebhookRefused {
        /// The account.
        account: String,
        /// Telegram's words.
        why: String,
    },
    /// The address that the webhook is to listen on cannot be listened on.
    #[error("account `{account}` cannot listen on {address}: {why}. Free the address, or configure another one")]
    Listen {
        /// The account.
        account: String,
        /// The address.
        address: SocketAddr,
        /// What the operating system says.
        why: String,
    },
    /// Nothing can be asked of Telegram from here.
    #[error("account `{account}` cannot reach Telegram: {why}")]
    NoClient {
        /// The account.
        account: String,
        /// Why not.
        why: String,
    },
    /// Telegram was asked once and did not answer as it should: only a check says so, serving tries again.
    #[error("account `{account}`: {why}. Check the connection, then try again")]
    Unreachable {
        /// The account.
        account: String,
        /// Why not.
        why: String,
    },
}
