//! The bots of Telegram as they are configured: who they are, and how they are reached.

mod reach;
mod token;

use std::collections::HashMap;
use std::net::SocketAddr;

use secrecy::SecretString;
use url::Url;

use crate::config::channel_token::is_webhook_secret;
use crate::config::{DEFAULT_ACCOUNT, TELEGRAM_TOKEN, TelegramAccount, TelegramConfig, TokenPlace};
use crate::gateway::bot::reach::Reach;
use crate::profile::{SecretValue, Secrets};

/// The channel.
pub(crate) const TELEGRAM: &str = "telegram";

/// One bot, with all that is needed to serve it.
#[derive(Debug, Clone)]
pub(crate) struct Bot {
    /// Its token.
    pub(crate) token: SecretString,
    /// Its id at Telegram.
    pub(crate) id: u64,
    /// Where the Bot API is, if not at Telegram's.
    pub(crate) api_root: Option<Url>,
    /// How Telegram brings updates; they are asked for where it does not.
    pub(crate) webhook: Option<Webhook>,
}

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

/// One account: the bot, or why it cannot be served as it is configured, and what to do about that.
pub(crate) struct Account {
    /// What it is called in the configuration and in session keys.
    pub(crate) id: String,
    /// What the operator calls it.
    pub(crate) name: Option<String>,
    /// The bot.
    pub(crate) bot: Result<Bot, String>,
    /// What is said of it and does not count.
    pub(crate) remarks: Vec<String>,
}

/// The accounts that are to be served. Secrets are fetched from where they are, which may take as long as that.
pub(crate) fn accounts(config: &TelegramConfig, secrets: &Secrets<'_>, is_set: bool) -> Vec<Account> {
    let mut taken = Taken::default();
    let account = |(id, account): (&String, &TelegramAccount)| Account {
        bot: open(id, account, secrets).and_then(|bot| taken.claim(id, bot)),
        id: id.clone(),
        name: account.name.clone(),
        remarks: remarks(id, account),
    };
    served(config, is_set).map(account).collect()
}

/// Something that is not as it should be with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// Its id.
    pub(crate) account: String,
    /// What it is, and what to do about it.
    pub(crate) why: String,
    /// Whether the account cannot be served because of it.
    pub(crate) grave: bool,
}

/// What is wrong with the accounts as they are configured. No secret is fetched, so that nothing is started for it.
pub(crate) fn flaws(config: &TelegramConfig, is_set: bool) -> Vec<Flaw> {
    let of_account = |(id, account): (&String, &TelegramAccount)| {
        let told = token::expect_place(id, account, is_set).and_then(|()| Reach::of(id, account).map(|_| ()));
        let grave = told.err().map(|why| Flaw { account: id.clone(), why, grave: true });
        let others = remarks(id, account).into_iter();
        let others = others.map(|why| Flaw { account: id.clone(), why, grave: false });
        grave.into_iter().chain(others).collect::<Vec<_>>()
    };
    served(config, is_set).flat_map(of_account).collect()
}

/// Whether there is any account that is to be served.
pub(crate) fn is_configured(config: &TelegramConfig, is_set: bool) -> bool {
    served(config, is_set).next().is_some()
}

/// Those that are switched on. `is_set`: whether the variable with the default account's token is.
fn served(config: &TelegramConfig, is_set: bool) -> impl Iterator<Item = (&String, &TelegramAccount)> {
    let on = config.accounts.iter().filter(|(_, account)| config.enabled && account.enabled);
    on.filter(move |(_, account)| match account.token {
        TokenPlace::Variable => account.wanted || is_set,
        TokenPlace::File(_) | TokenPlace::Written(_) => true,
    })
}

fn open(id: &str, account: &TelegramAccount, secrets: &Secrets<'_>) -> Result<Bot, String> {
    let (token, bot) = token::fetch(id, account, secrets)?;
    let Reach { api_root, webhook } = Reach::of(id, account)?;
    let webhook = match webhook {
        None => None,
        Some((url, listen)) => Some(Webhook { url, listen, secret: webhook_secret(id, account, secrets)? }),
    };
    Ok(Bot { token, id: bot, api_root, webhook })
}

fn webhook_secret(id: &str, account: &TelegramAccount, secrets: &Secrets<'_>) -> Result<SecretString, String> {
    let key = key(id, "webhookSecret");
    let secret = secrets.resolve(&account.webhook_secret).map_err(|why| format!("{key}: {why}"))?;
    if !is_webhook_secret(&secret) {
        return Err(format!("{key} is none that Telegram takes: 1 to 256 characters of A-Z, a-z, 0-9, _ and -"));
    }
    Ok(secret)
}

/// What is said of an account and does not count here.
fn remarks(id: &str, account: &TelegramAccount) -> Vec<String> {
    let proxy = account
        .proxy
        .as_ref()
        .map(|_| format!("{} is not used here: set HTTPS_PROXY in the environment of the gateway", key(id, "proxy")));
    let secret = match (&account.webhook_url, &account.webhook_secret) {
        (None, SecretValue::Inline(_) | SecretValue::Ref(_)) => {
            Some(format!("{} counts only with a webhookUrl", key(id, "webhookSecret")))
        }
        (_, _) => None,
    };
    proxy.into_iter().chain(secret).collect()
}

/// Where `name` of the account stands in the configuration.
fn key(id: &str, name: &str) -> String {
    if id == DEFAULT_ACCOUNT {
        format!("channels.telegram.{name}")
    } else {
        format!("channels.telegram.accounts.{id}.{name}")
    }
}

/// How to give the account a token.
fn advice(id: &str) -> String {
    let own =
        format!("set {} or {}; @BotFather shows it after /newbot or /token", key(id, "botToken"), key(id, "tokenFile"));
    if id == DEFAULT_ACCOUNT { format!("set the variable {TELEGRAM_TOKEN}, or {own}") } else { own }
}

/// What two accounts cannot both have.
#[derive(Default)]
struct Taken {
    bots: HashMap<u64, String>,
    addresses: HashMap<SocketAddr, String>,
}

impl Taken {
    fn claim(&mut self, id: &str, bot: Bot) -> Result<Bot, String> {
        if let Some(other) = self.bots.get(&bot.id) {
            return Err(format!(
                "it has the token of the account `{other}`: Telegram gives a bot's updates to one asker only, so take one \
                 of the two out"
            ));
        }
        let listen = bot.webhook.as_ref().map(|webhook| webhook.listen);
        if let Some((listen, other)) = listen.and_then(|listen| Some((listen, self.addresses.get(&listen)?))) {
            return Err(format!(
                "it listens on {listen}, as the account `{other}` does: give it a port of its own with {}",
                key(id, "webhookPort")
            ));
        }
        self.bots.insert(bot.id, id.to_owned());
        self.addresses.extend(listen.map(|listen| (listen, id.to_owned())));
        Ok(bot)
    }
}

#[cfg(test)]
mod tests;
