//! What only the bots of Telegram have.

use crate::config::{BotAccount, BotsConfig};
use crate::profile::SecretValue;

/// The variable with the token of the default account.
pub const TELEGRAM_TOKEN: &str = "TELEGRAM_BOT_TOKEN";

/// The bots of Telegram.
pub type TelegramConfig = BotsConfig<WebhookConfig>;

/// One of them.
pub type TelegramAccount = BotAccount<WebhookConfig>;

/// How Telegram brings updates.
#[derive(Debug, Clone)]
pub struct WebhookConfig {
    /// `webhookUrl`: the address that Telegram brings updates to; they are asked for where there is none.
    pub url: Option<String>,
    /// `webhookSecret`: what Telegram has to send along.
    pub secret: SecretValue,
    /// `webhookPath`, where it is said.
    pub path: Option<String>,
    /// `webhookHost`: the address that is listened on.
    pub host: Option<String>,
    /// `webhookPort`.
    pub port: Option<u16>,
}

impl Default for WebhookConfig {
    fn default() -> Self {
        Self { url: None, secret: SecretValue::Missing, path: None, host: None, port: None }
    }
}
