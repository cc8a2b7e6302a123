//! The bots of every platform, wired to the engine.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use modelpin_chat::BoxFuture;

use crate::app::parts::Parts;
use crate::gateway::bot::discord::Discord;
use crate::gateway::bot::telegram::Telegram;
use crate::gateway::bot::{self, Account, Bot, Platform, is_set};
use crate::gateway::channel::{AccountId, Checkup, Checkups, Entry, Question, Ready, Roster, Wanted};
use crate::profile::{Fingerprint, Secrets};
use crate::settings::Loaded;
use crate::watched::Watched;

/// A platform whose bots can be served.
pub(crate) trait Served: Platform + Sized {
    /// A bot, ready to be served.
    ///
    /// # Errors
    /// Why this program does not.
    fn ready(parts: &Parts, settings: &Loaded, account: &str, bot: Bot<Self>) -> Result<Ready, String>;

    /// What the platform is asked about a bot.
    ///
    /// # Errors
    /// Why this program does not.
    fn question(account: &str, bot: Bot<Self>) -> Result<Question, String>;
}

/// The accounts as they are configured now.
pub(crate) struct BotRoster {
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

impl BotRoster {
    pub(crate) fn new(parts: Parts, home: Option<PathBuf>) -> Self {
        Self { parts, home, last: Arc::default() }
    }
}

impl Roster for BotRoster {
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
    let nothing = |_: &str| None;
    let secrets = Secrets::new(&settings.config.secrets, home, &nothing);
    settings.config.token_files().map(|path| secrets.expanded(path)).collect()
}

fn wanted(parts: &Parts, settings: &Loaded, home: Option<&Path>) -> Wanted {
    let mut wanted = Wanted { trouble: settings.trouble.clone(), ..Wanted::default() };
    want::<Telegram>(parts, settings, home, &mut wanted);
    want::<Discord>(parts, settings, home, &mut wanted);
    wanted
}

fn want<P: Served>(parts: &Parts, settings: &Loaded, home: Option<&Path>, wanted: &mut Wanted) {
    for Account { id, name, bot, remarks } in accounts::<P>(settings, home) {
        let ready = bot.and_then(|bot| P::ready(parts, settings, &id, bot));
        wanted.entries.push(Entry { ready, id: AccountId { channel: P::NAME, account: id }, name });
        wanted.remarks.extend(remarks);
    }
}

/// The accounts that are configured, to be looked at without an engine.
pub(crate) fn checkups(settings: &Loaded, home: Option<&Path>) -> Checkups {
    let mut checkups = Checkups::default();
    check::<Telegram>(settings, home, &mut checkups);
    check::<Discord>(settings, home, &mut checkups);
    checkups
}

fn check<P: Served>(settings: &Loaded, home: Option<&Path>, checkups: &mut Checkups) {
    for Account { id, name, bot, remarks } in accounts::<P>(settings, home) {
        let question = bot.and_then(|bot| P::question(&id, bot));
        checkups.accounts.push(Checkup { question, id: AccountId { channel: P::NAME, account: id }, name });
        checkups.remarks.extend(remarks);
    }
}

fn accounts<P: Platform>(settings: &Loaded, home: Option<&Path>) -> Vec<Account<P>> {
    let (config, environment) = (&settings.config, &settings.environment);
    let variable = |name: &str| environment.secret(name);
    let secrets = Secrets::new(&config.secrets, home, &variable);
    bot::accounts(config, &secrets, is_set::<P>(environment))
}

/// What nobody else on this machine may serve beside `bot`.
pub(crate) fn claim<P: Platform>(bot: &Bot<P>) -> String {
    // A bot of the same token on another server is another bot. A hash, for the name of a claim is short.
    let server = Fingerprint::of(&bot.api_root.as_ref().map(ToString::to_string).unwrap_or_default().into());
    format!("{}/{}/{}/{server}", P::NAME, bot.id, Fingerprint::of(&bot.token))
}
