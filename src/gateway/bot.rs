//! The bots of every platform as they are configured: who they are, and how they are reached.

mod address;
pub(crate) mod discord;
pub(crate) mod telegram;
mod token;

use secrecy::SecretString;
use url::Url;

use crate::config::{BotAccount, BotsConfig, Config, DEFAULT_ACCOUNT, Environment, TokenPlace};
use crate::gateway::bot::discord::Discord;
use crate::gateway::bot::telegram::Telegram;
use crate::profile::Secrets;

/// What is particular to the bots of one platform.
pub(crate) trait Platform: 'static {
    /// What only it knows of an account, as it is configured.
    type More;
    /// The same, ready to be used.
    type Means: Clone;

    /// What the channel is called.
    const NAME: &'static str;
    /// What people call it.
    const TITLE: &'static str;
    /// The variable with the token of the default account.
    const VARIABLE: &'static str;
    /// The key that holds a token.
    const TOKEN: &'static str;
    /// What a token looks like.
    const LOOKS: &'static str;
    /// Where one is to be had.
    const SOURCE: &'static str;

    /// Its bots in the configuration.
    fn of(config: &Config) -> &BotsConfig<Self::More>;

    /// The id of the bot that a token belongs to; `None` where it is no token.
    fn bot_id(token: &SecretString) -> Option<u64>;

    /// Looks whether an account could be used as it is configured. No secret is fetched for it.
    ///
    /// # Errors
    /// What is wrong, and what would do.
    fn look(id: &str, more: &Self::More) -> Result<(), String>;

    /// Makes it ready to be used, with secrets from where they are.
    ///
    /// # Errors
    /// What is wrong, and what would do.
    fn open(id: &str, more: &Self::More, secrets: &Secrets<'_>) -> Result<Self::Means, String>;

    /// What is said of an account and does not count here.
    fn remarks(id: &str, more: &Self::More) -> Vec<String>;

    /// Why `bot` cannot be served beside the account `other`, which was before it.
    fn clash(id: &str, bot: &Bot<Self>, other: (&str, &Bot<Self>)) -> Option<String>;
}

/// One bot, with all that is needed to serve it.
pub(crate) struct Bot<P: Platform + ?Sized> {
    /// Its token.
    pub(crate) token: SecretString,
    /// Its id there.
    pub(crate) id: u64,
    /// Where the API is, if not at the platform's own place.
    pub(crate) api_root: Option<Url>,
    /// What only this platform knows.
    pub(crate) means: P::Means,
}

impl<P: Platform> Clone for Bot<P> {
    fn clone(&self) -> Self {
        let Self { token, id, api_root, means } = self;
        Self { token: token.clone(), id: *id, api_root: api_root.clone(), means: means.clone() }
    }
}

/// One account: the bot, or why it cannot be served as it is configured, and what to do about that.
pub(crate) struct Account<P: Platform> {
    /// What it is called in the configuration and in session keys.
    pub(crate) id: String,
    /// What the operator calls it.
    pub(crate) name: Option<String>,
    /// The bot.
    pub(crate) bot: Result<Bot<P>, String>,
    /// What is said of it and does not count.
    pub(crate) remarks: Vec<String>,
}

/// The accounts of a platform that are to be served. Secrets are fetched from where they are, which may take as long as
/// that.
pub(crate) fn accounts<P: Platform>(config: &Config, secrets: &Secrets<'_>, is_set: bool) -> Vec<Account<P>> {
    let mut accounts: Vec<Account<P>> = Vec::new();
    for (id, account) in served::<P>(P::of(config), is_set) {
        let bot = open::<P>(id, account, secrets).and_then(|bot| {
            let good = accounts.iter().filter_map(|other| Some((other.id.as_str(), other.bot.as_ref().ok()?)));
            let clash = good.into_iter().find_map(|other| P::clash(id, &bot, other));
            clash.map_or(Ok(bot), Err)
        });
        let remarks = remarks::<P>(id, account);
        accounts.push(Account { id: id.clone(), name: account.name.clone(), bot, remarks });
    }
    accounts
}

/// Something that is not as it should be with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// The channel.
    pub(crate) channel: &'static str,
    /// The id of the account.
    pub(crate) account: String,
    /// What it is, and what to do about it.
    pub(crate) why: String,
    /// Whether the account cannot be served because of it.
    pub(crate) grave: bool,
}

/// What is wrong with the accounts of all platforms as they are configured. No secret is fetched, so that nothing is
/// started for it.
pub(crate) fn flaws(config: &Config, environment: &Environment) -> Vec<Flaw> {
    let mut flaws = flaws_of::<Telegram>(config, is_set::<Telegram>(environment));
    flaws.extend(flaws_of::<Discord>(config, is_set::<Discord>(environment)));
    flaws
}

fn flaws_of<P: Platform>(config: &Config, is_set: bool) -> Vec<Flaw> {
    let of_account = |(id, account): (&String, &BotAccount<P::More>)| {
        let flaw = |why, grave| Flaw { channel: P::NAME, account: id.clone(), why, grave };
        let told = token::expect_place::<P>(id, &account.token, is_set)
            .and_then(|()| api_root::<P>(id, account).map(|_| ()))
            .and_then(|()| P::look(id, &account.more));
        let others = remarks::<P>(id, account).into_iter().map(|why| flaw(why, false));
        told.err().map(|why| flaw(why, true)).into_iter().chain(others).collect::<Vec<_>>()
    };
    served::<P>(P::of(config), is_set).flat_map(of_account).collect()
}

/// Whether there is any account, of any platform, that is to be served.
pub(crate) fn is_any_configured(config: &Config, environment: &Environment) -> bool {
    is_configured::<Telegram>(config, environment) || is_configured::<Discord>(config, environment)
}

fn is_configured<P: Platform>(config: &Config, environment: &Environment) -> bool {
    served::<P>(P::of(config), is_set::<P>(environment)).next().is_some()
}

/// Whether the variable with the token of the default account is there.
pub(crate) fn is_set<P: Platform>(environment: &Environment) -> bool {
    environment.secret(P::VARIABLE).is_some()
}

/// The accounts that are switched on. `is_set`: whether the variable with the default account's token is.
fn served<P: Platform>(
    config: &BotsConfig<P::More>,
    is_set: bool,
) -> impl Iterator<Item = (&String, &BotAccount<P::More>)> {
    let on = config.accounts.iter().filter(|(_, account)| config.enabled && account.enabled);
    on.filter(move |(_, account)| match account.token {
        TokenPlace::Variable => account.wanted || is_set,
        TokenPlace::File(_) | TokenPlace::Written(_) => true,
    })
}

fn open<P: Platform>(id: &str, account: &BotAccount<P::More>, secrets: &Secrets<'_>) -> Result<Bot<P>, String> {
    let (token, bot) = token::fetch::<P>(id, &account.token, secrets)?;
    let api_root = api_root::<P>(id, account)?;
    Ok(Bot { token, id: bot, api_root, means: P::open(id, &account.more, secrets)? })
}

fn api_root<P: Platform>(id: &str, account: &BotAccount<P::More>) -> Result<Option<Url>, String> {
    let root = account.api_root.as_deref();
    root.map(|root| address::address(root, &key::<P>(id, "apiRoot"))).transpose()
}

/// What is said of an account and does not count here.
fn remarks<P: Platform>(id: &str, account: &BotAccount<P::More>) -> Vec<String> {
    let proxy = account.proxy.as_ref().map(|_| {
        format!("{} is not used here: set HTTPS_PROXY in the environment of the gateway", key::<P>(id, "proxy"))
    });
    proxy.into_iter().chain(P::remarks(id, &account.more)).collect()
}

/// Where `name` of the account stands in the configuration.
fn key<P: Platform>(id: &str, name: &str) -> String {
    let channel = P::NAME;
    if id == DEFAULT_ACCOUNT {
        format!("channels.{channel}.{name}")
    } else {
        format!("channels.{channel}.accounts.{id}.{name}")
    }
}

/// How to give the account a token.
fn advice<P: Platform>(id: &str) -> String {
    let (token, file) = (key::<P>(id, P::TOKEN), key::<P>(id, "tokenFile"));
    let own = format!("set {token} or {file}; {}", P::SOURCE);
    if id == DEFAULT_ACCOUNT { format!("set the variable {}, or {own}", P::VARIABLE) } else { own }
}
