//! The bots of Telegram.

mod reach;

use std::net::SocketAddr;

use secrecy::SecretString;
use url::Url;

use crate::config::channel_token::{is_webhook_secret, telegram_bot_id};
use crate::config::{Config, TELEGRAM_TOKEN, TelegramConfig, WebhookConfig};
use crate::gateway::bot::telegram::reach::reach;
use crate::gateway::bot::{Bot, Platform, key};
use crate::profile::{SecretValue, Secrets};

/// Telegram.
pub(crate) struct Telegram;

/// Where Telegram brings updates to.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    /// What Telegram is told.
    pub(crate) url: Url,
    /// What is listened on.
    pub(crate) listen: SocketAddr,
    /// What Telegram has to send along.
    pub(crate) secret: SecretString,
}

impl Platform for Telegram {
    type More = WebhookConfig;
    /// How updates are brought; they are asked for where they are not.
    type Means = Option<Webhook>;

    const NAME: &'static str = "telegram";
    const TITLE: &'static str = "Telegram";
    const VARIABLE: &'static str = TELEGRAM_TOKEN;
    const TOKEN: &'static str = "botToken";
    const LOOKS: &'static str = "digits, a colon and letters";
    const SOURCE: &'static str = "@BotFather shows it after /newbot or /token";

    fn of(config: &Config) -> &TelegramConfig {
        &config.telegram
    }

    fn bot_id(token: &SecretString) -> Option<u64> {
        telegram_bot_id(token)
    }

    fn look(id: &str, more: &WebhookConfig) -> Result<(), String> {
        reach(id, more).map(|_| ())
    }

    fn open(id: &str, more: &WebhookConfig, secrets: &Secrets<'_>) -> Result<Option<Webhook>, String> {
        let Some((url, listen)) = reach(id, more)? else { return Ok(None) };
        let key = key::<Self>(id, "webhookSecret");
        let secret = secrets.resolve(&more.secret).map_err(|why| format!("{key}: {why}"))?;
        if !is_webhook_secret(&secret) {
            return Err(format!("{key} is none that Telegram takes: 1 to 256 characters of A-Z, a-z, 0-9, _ and -"));
        }
        Ok(Some(Webhook { url, listen, secret }))
    }

    fn remarks(id: &str, more: &WebhookConfig) -> Vec<String> {
        match (&more.url, &more.secret) {
            (None, SecretValue::Inline(_) | SecretValue::Ref(_)) => {
                vec![format!("{} counts only with a webhookUrl", key::<Self>(id, "webhookSecret"))]
            }
            (_, _) => Vec::new(),
        }
    }

    fn clash(id: &str, bot: &Bot<Self>, (other, theirs): (&str, &Bot<Self>)) -> Option<String> {
        if bot.id == theirs.id {
            return Some(format!(
                "it has the token of the account `{other}`: Telegram gives a bot's updates to one asker only, so take one \
                 of the two out"
            ));
        }
        let listen = bot.means.as_ref()?.listen;
        (theirs.means.as_ref()?.listen == listen).then(|| {
            format!(
                "it listens on {listen}, as the account `{other}` does: give it a port of its own with {}",
                key::<Self>(id, "webhookPort")
            )
        })
    }
}

#[cfg(test)]
mod tests;
