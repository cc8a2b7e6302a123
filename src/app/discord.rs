//! The bots of Discord, wired to the engine.

use std::sync::Arc;
use std::time::Duration;

use modelpin_chat::BoxFuture;
use modelpin_delivery::State;
use modelpin_discord::{Identity, Options, Registration, ServeFault, Shards, check, serve};
use tokio::sync::watch;

use crate::app::mailbox::Mailbox;
use crate::app::parts::Parts;
use crate::app::roster::{Served, claim};
use crate::directive::command_entries;
use crate::engine::Engine;
use crate::gateway::bot::discord::{Discord, Extent, Share};
use crate::gateway::bot::{Bot, Platform};
use crate::gateway::channel::{Channel, Ended, Known, Question, Ready};
use crate::profile::Fingerprint;
use crate::settings::Loaded;

/// How long what is under way may go on when the end is asked for. The gateway as a whole has ten seconds.
const PATIENCE: Duration = Duration::from_secs(8);

/// What a bot that may not read messages misses.
const NO_CONTENT: &str = "without the intent \"Message Content\" it hears in servers only what mentions it and its slash \
                          commands: switch it on in the developer portal, under Bot";

impl Served for Discord {
    fn ready(parts: &Parts, _settings: &Loaded, account: &str, bot: Bot<Self>) -> Result<Ready, String> {
        let made_of = format!("{} {:?} {:?}", Fingerprint::of(&bot.token), bot.api_root, bot.means);
        let part = bot.means.share.map(part).unwrap_or_default();
        // Two programs that serve a part each do not take anything from each other.
        let claim = if part.is_empty() { claim(&bot) } else { format!("{}/{part}", claim(&bot)) };
        let mailbox = Arc::new(mailbox(parts, bot.id, &part));
        let channel = Server { options: options(account, bot), engine: parts.engine.clone(), mailbox };
        Ok(Ready { made_of, claim, channel: Arc::new(channel) })
    }

    fn question(account: &str, bot: Bot<Self>) -> Result<Question, String> {
        let options = options(account, bot);
        Ok(Box::pin(async move { check(&options).await.map(known).map_err(|fault| fault.to_string()) }))
    }
}

/// The part of a bot's shards in one word.
fn part(Share { first, last, total }: Share) -> String {
    format!("{first}-{last}-of-{total}")
}

/// What was delivered to the bot with that id, in that part of its shards. Each part has a session of its own at Discord.
fn mailbox(parts: &Parts, bot: u64, part: &str) -> Mailbox {
    if part.is_empty() {
        return Mailbox::of(parts, Discord::NAME, bot);
    }
    Mailbox::new(parts, &format!("{}:{bot}:{part}", Discord::NAME))
}

fn known(Identity { username, reads_messages, .. }: Identity) -> Known {
    Known { bot: username, remark: (!reads_messages).then(|| NO_CONTENT.to_owned()) }
}

fn options(account: &str, bot: Bot<Discord>) -> Options {
    let Bot { token, id: _, api_root, means: Extent { share, register_in } } = bot;
    Options {
        account: account.to_owned(),
        token,
        api_url: api_root,
        shards: share.map_or(Shards::Automatic, |Share { first, last, total }| Shards::Range { first, last, total }),
        commands: command_entries(),
        registration: register_in.map_or(Registration::Everywhere, Registration::Servers),
        patience: PATIENCE,
    }
}

/// One bot, as far as it is served here.
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
}

fn ended(fault: &ServeFault) -> Ended {
    let why = fault.to_string();
    match fault {
        ServeFault::TokenRefused { .. } | ServeFault::Refused { .. } | ServeFault::NoClient { .. } => {
            Ended::Refused(why)
        }
        ServeFault::Unreachable { .. } => Ended::Failed(why),
    }
}
