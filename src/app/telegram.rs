//! The bots of Telegram, wired to the engine.

use std::sync::Arc;
use std::time::Duration;

use modelpin_chat::{BoxFuture, Reply};
use modelpin_delivery::State;
use modelpin_telegram::{ADMIN, Delivery, Options, ServeFault, Webhook, announce, check, serve};
use tokio::sync::watch;

use crate::access::is_role_named;
use crate::app::mailbox::Mailbox;
use crate::app::parts::Parts;
use crate::app::roster::{Served, claim};
use crate::directive::command_entries;
use crate::engine::Engine;
use crate::gateway::bot::telegram::Telegram;
use crate::gateway::bot::{Bot, Platform};
use crate::gateway::channel::{Channel, Ended, Known, Question, Ready};
use crate::profile::Fingerprint;
use crate::settings::Loaded;

/// How long what is under way may go on when the end is asked for. The gateway as a whole has ten seconds.
const PATIENCE: Duration = Duration::from_secs(8);

impl Served for Telegram {
    fn ready(parts: &Parts, settings: &Loaded, account: &str, bot: Bot<Self>) -> Result<Ready, String> {
        let owners = owners(&settings.config.commands.owners);
        let by = bot.means.as_ref().map(|webhook| (&webhook.url, webhook.listen, Fingerprint::of(&webhook.secret)));
        let admins = is_role_named(&settings.config, Self::NAME, ADMIN);
        let made_of = format!("{} {:?} {by:?} {owners:?} {admins}", Fingerprint::of(&bot.token), bot.api_root);
        let claim = claim(&bot);
        let mailbox = Arc::new(Mailbox::of(parts, Self::NAME, bot.id));
        let channel = Server { options: options(account, bot, &owners, admins), engine: parts.engine.clone(), mailbox };
        Ok(Ready { made_of, claim, channel: Arc::new(channel) })
    }

    fn question(account: &str, bot: Bot<Self>) -> Result<Question, String> {
        let options = options(account, bot, &[], false);
        Ok(Box::pin(async move {
            let known = check(&options).await.map_err(|fault| fault.to_string())?;
            Ok(Known { bot: known.username, remark: None })
        }))
    }
}

/// The ids among the owners that are Telegram's.
fn owners(listed: &[String]) -> Vec<String> {
    let id = |entry: &String| {
        let entry = entry.trim();
        let bare = match entry.split_once(':') {
            None => entry,
            Some((channel, id)) if channel.eq_ignore_ascii_case(Telegram::NAME) => id.trim(),
            Some(_) => return None,
        };
        let is_id = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then(|| bare.to_owned())
    };
    listed.iter().filter_map(id).collect()
}

fn options(account: &str, bot: Bot<Telegram>, owners: &[String], admins: bool) -> Options {
    let Bot { token, id: _, api_root, means } = bot;
    Options {
        account: account.to_owned(),
        token,
        api_url: api_root,
        delivery: means.map_or(Delivery::Polling, |webhook| {
            Delivery::Webhook(Webhook { url: webhook.url, listen: webhook.listen, secret: webhook.secret })
        }),
        commands: command_entries(),
        owners: owners.to_vec(),
        admins,
        patience: PATIENCE,
    }
}

/// One bot.
struct Server {
    options: Options,
    engine: Arc<Engine>,
    mailbox: Arc<Mailbox>,
}

impl Channel for Server {
    fn serve(
        &self,
        standing: watch::Sender<State>,
        stop: watch::Receiver<bool>,
    ) -> BoxFuture<'static, Result<(), Ended>> {
        let (options, engine, mailbox) = (self.options.clone(), self.engine.clone(), self.mailbox.clone());
        Box::pin(async move { serve(options, engine, mailbox, standing, stop).await.map_err(|fault| ended(&fault)) })
    }

    fn announce(&self, chat: String, reply: Reply) -> BoxFuture<'static, Result<(), String>> {
        let options = self.options.clone();
        Box::pin(async move {
            let chat = chat.parse().map_err(|_| format!("`{chat}` is no id of a chat there"))?;
            announce(&options, chat, reply).await
        })
    }
}

fn ended(fault: &ServeFault) -> Ended {
    let why = fault.to_string();
    match fault {
        ServeFault::TokenRefused { .. } | ServeFault::WebhookRefused { .. } | ServeFault::NoClient { .. } => {
            Ended::Refused(why)
        }
        ServeFault::Listen { .. } | ServeFault::Unreachable { .. } => Ended::Failed(why),
    }
}

#[cfg(test)]
mod tests {
    use super::owners;

    #[test]
    fn only_ids_of_telegram_are_owners_there() {
        let listed = ["42", " telegram:7 ", "Telegram:8", "discord:9", "@ann", "user:5", ""].map(str::to_owned);
        assert_eq!(owners(&listed), ["42", "7", "8"]);
    }
}
