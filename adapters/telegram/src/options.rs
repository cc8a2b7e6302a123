//! What one account is served with.

use std::net::SocketAddr;
use std::time::Duration;

use modelpin_chat::CommandEntry;
use secrecy::SecretString;
use url::Url;

/// One account: a bot that has a token of its own.
#[derive(Debug, Clone)]
pub struct Options {
    /// What the operator calls it; `default` where there is only one.
    pub account: String,
    /// The token that `@BotFather` gave out.
    pub token: SecretString,
    /// Where the Bot API is, if not at Telegram's.
    pub api_url: Option<Url>,
    /// How updates come.
    pub delivery: Delivery,
    /// What Telegram's own menu of commands shows.
    pub commands: Vec<CommandEntry>,
    /// The ids of the owners, whose private chats have a menu of their own.
    pub owners: Vec<String>,
    /// Whether it is to be known who administers a group: [`modelpin_chat::Sender::roles`] holds [`crate::ADMIN`] then.
    pub admins: bool,
    /// How long what is under way may go on after the end was asked for.
    pub patience: Duration,
}

/// How updates come.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// They are asked for.
    Polling,
    /// Telegram brings them.
    Webhook(Webhook),
}

/// Where Telegram brings updates to.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The address that Telegram is told; `https`. Its path is the one that is listened on.
    pub url: Url,
    /// The address that is listened on, behind the proxy that speaks TLS.
    pub listen: SocketAddr,
    /// What Telegram sends along to prove that it is Telegram: 1 to 256 characters of `A-Z a-z 0-9 _ -`.
    pub secret: SecretString,
}
