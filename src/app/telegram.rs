//! The bots of Telegram, wired to the engine.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use modelpin_chat::BoxFuture;
use modelpin_delivery::{Link as AdapterLink, State};
use modelpin_telegram::{Delivery, Options, ServeFault, Webhook, check, serve};
use tokio::sync::watch;

use crate::app::mailbox::Mailbox;
use crate::app::parts::Parts;
use crate::config::{TELEGRAM_TOKEN, TokenPlace};
use crate::directive::command_entries;
use crate::engine::Engine;
use crate::gateway::bot::{self, Account, Bot, TELEGRAM};
use crate::gateway::channel::{AccountId, Channel, Checkup, Checkups, Ended, Entry, Question, Ready, Roster, Wanted};
use crate::gateway::standing::{Link, Standing};
use crate::profile::{Fingerprint, Secrets};
use crate::settings::Loaded;
use crate::watched::Watched;

/// How long what is under way may go on when the end is asked for. The gateway as a whole has ten seconds.
const PATIENCE: Duration = Duration::from_secs(8);

/// The accounts of Telegram as they are configured now.
pub(crate) struct TelegramRoster {
    parts: Parts,
    home: Option<PathBuf>,
    last: Arc<Mutex<Option<Last>>>,
}

/// What was found the last time, and from what.
struct Last {
    settings: Arc<Loaded>,
    token_files: Watched,
    wanted: Wanted,
}

impl TelegramRoster {
    pub(crate) fn new(parts: Parts, home: Option<PathBuf>) -> Self {
        Self { parts, home, last: Arc::default() }
    }
}

impl Roster for TelegramRoster {
    fn current(&self) -> BoxFuture<'_, Wanted> {
        let (parts, home, last) = (self.parts.clone(), self.home.clone(), self.last.clone());
        Box::pin(async move {
            // A token may be in a file on a mount that is gone, or behind a program that takes its time.
            let look = move || {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                let settings = parts.engine.sources().settings.current();
                if let Some(known) = &mut *last
                    && Arc::ptr_eq(&known.settings, &settings)
                    && !known.token_files.is_due()
                {
                    return known.wanted.clone();
                }
                let mut token_files = Watched::new(token_files(&settings, home.as_deref()));
                token_files.is_due();
                let wanted = wanted(&parts, &settings, home.as_deref());
                *last = Some(Last { settings, token_files, wanted: wanted.clone() });
                wanted
            };
            tokio::task::spawn_blocking(look).await.unwrap_or_else(|fault| {
                let trouble = vec![format!("the channels that are configured cannot be told: {fault}")];
                Wanted { trouble, ..Wanted::default() }
            })
        })
    }
}

fn token_files(settings: &Loaded, home: Option<&Path>) -> Vec<PathBuf> {
    let config = &settings.config;
    let nothing = |_: &str| None;
    let secrets = Secrets::new(&config.secrets, home, &nothing);
    let file = |place: &TokenPlace| match place {
        TokenPlace::File(path) => Some(secrets.expanded(path)),
        TokenPlace::Written(_) | TokenPlace::Variable => None,
    };
    config.telegram.accounts.values().filter_map(|account| file(&account.token)).collect()
}

fn wanted(parts: &Parts, settings: &Loaded, home: Option<&Path>) -> Wanted {
    let accounts = accounts(settings, home);
    let remarks = accounts.iter().flat_map(|account| account.remarks.clone()).collect();
    let owners = owners(&settings.config.commands.owners);
    let entry = |Account { id, name, bot, remarks: _ }: Account| Entry {
        ready: bot.map(|bot| ready(parts, &id, bot, &owners)),
        id: AccountId { channel: TELEGRAM, account: id },
        name,
    };
    Wanted { entries: accounts.into_iter().map(entry).collect(), trouble: settings.trouble.clone(), remarks }
}

/// The accounts that are configured, to be looked at without an engine.
pub(crate) fn checkups(settings: &Loaded, home: Option<&Path>) -> Checkups {
    let accounts = accounts(settings, home);
    let remarks = accounts.iter().flat_map(|account| account.remarks.clone()).collect();
    let checkup = |Account { id, name, bot, remarks: _ }: Account| Checkup {
        question: bot.map(|bot| {
            let options = options(&id, bot, &[]);
            let ask = async move { check(&options).await.map(|bot| bot.username).map_err(|fault| fault.to_string()) };
            Box::pin(ask) as Question
        }),
        id: AccountId { channel: TELEGRAM, account: id },
        name,
    };
    Checkups { accounts: accounts.into_iter().map(checkup).collect(), remarks }
}

fn accounts(settings: &Loaded, home: Option<&Path>) -> Vec<Account> {
    let (config, environment) = (&settings.config, &settings.environment);
    let variable = |name: &str| environment.secret(name);
    let secrets = Secrets::new(&config.secrets, home, &variable);
    bot::accounts(&config.telegram, &secrets, environment.secret(TELEGRAM_TOKEN).is_some())
}

/// The ids among the owners that are Telegram's.
fn owners(listed: &[String]) -> Vec<String> {
    let id = |entry: &String| {
        let entry = entry.trim();
        let bare = match entry.split_once(':') {
            None => entry,
            Some((channel, id)) if channel.eq_ignore_ascii_case(TELEGRAM) => id.trim(),
            Some(_) => return None,
        };
        let is_id = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then(|| bare.to_owned())
    };
    listed.iter().filter_map(id).collect()
}

fn ready(parts: &Parts, account: &str, bot: Bot, owners: &[String]) -> Ready {
    let fingerprint = Fingerprint::of(&bot.token);
    // A bot of the same token on another server is another bot. A hash, for the name of a claim is short.
    let server = Fingerprint::of(&bot.api_root.as_ref().map(ToString::to_string).unwrap_or_default().into());
    let by = bot.webhook.as_ref().map(|webhook| (&webhook.url, webhook.listen, Fingerprint::of(&webhook.secret)));
    let made_of = format!("{fingerprint} {:?} {by:?} {owners:?}", bot.api_root);
    let claim = format!("{TELEGRAM}/{}/{fingerprint}/{server}", bot.id);
    let mailbox = Arc::new(Mailbox::of(parts, TELEGRAM, bot.id));
    let channel = Telegram { options: options(account, bot, owners), engine: parts.engine.clone(), mailbox };
    Ready { made_of, claim, channel: Arc::new(channel) }
}

fn options(account: &str, bot: Bot, owners: &[String]) -> Options {
    let Bot { token, id: _, api_root, webhook } = bot;
    Options {
        account: account.to_owned(),
        token,
        api_url: api_root,
        delivery: webhook.map_or(Delivery::Polling, |webhook| {
            Delivery::Webhook(Webhook { url: webhook.url, listen: webhook.listen, secret: webhook.secret })
        }),
        commands: command_entries(),
        owners: owners.to_vec(),
        patience: PATIENCE,
    }
}

/// One bot.
struct Telegram {
    options: Options,
    engine: Arc<Engine>,
    mailbox: Arc<Mailbox>,
}

impl Channel for Telegram {
    fn serve(
        &self,
        standing: watch::Sender<Standing>,
        stop: watch::Receiver<bool>,
    ) -> BoxFuture<'static, Result<(), Ended>> {
        let (options, engine, mailbox) = (self.options.clone(), self.engine.clone(), self.mailbox.clone());
        Box::pin(async move {
            let (state, mut states) = watch::channel(State { bot: None, link: AdapterLink::Starting });
            let told = async {
                while states.changed().await.is_ok() {
                    standing.send_replace(standing_of(&states.borrow_and_update()));
                }
                std::future::pending::<()>().await;
            };
            tokio::select! {
                biased;
                () = told => Ok(()),
                served = serve(options, engine, mailbox, state, stop) => served.map_err(|fault| ended(&fault)),
            }
        })
    }
}

fn standing_of(state: &State) -> Standing {
    let link = match &state.link {
        AdapterLink::Starting => Link::Starting,
        AdapterLink::Up => Link::Up,
        AdapterLink::Down(why) => Link::Down(why.clone()),
        AdapterLink::OtherPoller => Link::OtherPoller,
        AdapterLink::Refused(why) => Link::Refused(why.clone()),
        AdapterLink::Ended => Link::Ended,
    };
    Standing { bot: state.bot.clone(), link }
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
