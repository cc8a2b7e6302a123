//! What only the bots of Telegram have in `channels.telegram`.

use crate::config::KeyFault;
use crate::config::field::Field;
use crate::config::telegram::WebhookConfig;
use crate::config::typed::bot_account::{More, secret, text};
use crate::config::typed::gateway::port;
use crate::profile::SecretValue;

impl More for WebhookConfig {
    const TOKEN: &'static str = "botToken";

    fn read(field: &Field<'_>) -> Result<Self, KeyFault> {
        Ok(Self {
            url: text(&field.get("webhookUrl")?)?,
            secret: secret(&field.get("webhookSecret")?)?,
            path: text(&field.get("webhookPath")?)?,
            host: text(&field.get("webhookHost")?)?,
            port: port(&field.get("webhookPort")?)?,
        })
    }

    fn over(self, common: &Self) -> Self {
        let common = common.clone();
        Self {
            url: self.url.or(common.url),
            secret: match self.secret {
                SecretValue::Missing => common.secret,
                own @ (SecretValue::Inline(_) | SecretValue::Ref(_)) => own,
            },
            path: self.path.or(common.path),
            host: self.host.or(common.host),
            port: self.port.or(common.port),
        }
    }
}
