//! The bots of Discord, wired to the engine.

use std::sync::Arc;
use std::time::Duration;

use modelpin_chat::{BoxFuture, Reply};
use modelpin_delivery::State;
use modelpin_discord::{Identity, Options, Registration, ServeFault, Shards, announce, check, serve};
use tokio::sync::watch;

use crate::app::mailbox::Mailbox;
use crate::app::parts::Parts;
use crate::app::roster::{Served, claim};
use crate::clock::{Clock, SystemClock};
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
        let claim = claimed(&bot);
        let mailbox = Arc::new(Mailbox::new(parts, &mailbox(&bot)));
        let channel =
            Server { options: options(account, bot, parts.clock.clone()), engine: parts.engine.clone(), mailbox };
        Ok(Ready { made_of, claim, channel: Arc::new(channel) })
    }

    fn question(account: &str, bot: Bot<Self>) -> Result<Question, String> {
        let options = options(account, bot, Arc::new(SystemClock));
        Ok(Box::pin(async move { check(&options).await.map(known).map_err(|fault| fault.to_string()) }))
    }
}

/// The part of a bot's shards in one word.
fn part(Share { first, last, total }: Share) -> String {
    format!("{first}-{last}-of-{total}")
}

/// What nobody else on this machine may serve beside it. Two programs that serve a part each take nothing from each other.
fn claimed(bot: &Bot<Discord>) -> String {
    let claim = claim(bot);
    bot.means.share.map_or(claim.clone(), |share| format!("{claim}/{}", part(share)))
}

/// Where what is delivered to it is kept. Each part of its shards has a session of its own at Discord.
fn mailbox(bot: &Bot<Discord>) -> String {
    let whole = Mailbox::name_of(Discord::NAME, bot.id);
    bot.means.share.map_or(whole.clone(), |share| format!("{whole}:{}", part(share)))
}

fn known(Identity { username, reads_messages, .. }: Identity) -> Known {
    Known { bot: username, remark: (!reads_messages).then(|| NO_CONTENT.to_owned()) }
}

fn options(account: &str, bot: Bot<Discord>, clock: Arc<dyn Clock>) -> Options {
    let Bot { token, id: _, api_root, means: Extent { share, register_in } } = bot;
    Options {
        account: account.to_owned(),
        token,
        api_url: api_root,
        shards: share.map_or(Shards::Automatic, |Share { first, last, total }| Shards::Range { first, last, total }),
        commands: command_entries(),
        registration: register_in.map_or(Registration::Everywhere, Registration::Servers),
        clock: modelpin_discord::Clock(Arc::new(move || since_1970(&*clock))),
        patience: PATIENCE,
    }
}

/// How long it is since the beginning of 1970.
fn since_1970(clock: &dyn Clock) -> Duration {
    let milliseconds = clock.now().as_millisecond();
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
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
        ServeFault::TokenRefused { .. } | ServeFault::Refused { .. } | ServeFault::NoClient { .. } => {
            Ended::Refused(why)
        }
        ServeFault::Unreachable { .. } => Ended::Failed(why),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use modelpin_discord::{Identity, Registration, Shards};

    use super::{claimed, known, mailbox, options};
    use crate::clock::SystemClock;
    use crate::gateway::bot::Bot;
    use crate::gateway::bot::discord::{Discord, Extent, Share};

    fn bot(share: Option<Share>, register_in: Option<Vec<u64>>) -> Bot<Discord> {
        let token = "MTAwMDAwMDAwMDAwMDAwMDAx.TEST-1.one".to_owned().into();
        Bot { token, id: 100_000_000_000_000_001, api_root: None, means: Extent { share, register_in } }
    }

    #[test]
    fn each_part_of_the_shards_is_claimed_and_kept_for_itself() {
        let share = |first, last| Some(Share { first, last, total: 4 });
        let bots = [bot(None, None), bot(share(0, 1), None), bot(share(2, 3), None)];
        let names: Vec<String> = bots.iter().map(mailbox).collect();
        let whole = "discord:100000000000000001";
        assert_eq!(names, [whole.to_owned(), format!("{whole}:0-1-of-4"), format!("{whole}:2-3-of-4")]);
        let claims: Vec<String> = bots.iter().map(claimed).collect();
        assert!(claims[1] != claims[2] && claims.iter().all(|claim| claim.starts_with(&claims[0])), "{claims:?}");
        assert!(!claims[1].contains("TEST"), "{claims:?}");
        let long = claimed(&bot(Some(Share { first: 65_534, last: 65_535, total: 65_536 }), None));
        assert!(long.len() <= 90, "the name of a socket has 107 bytes, and something stands before it: {long}");
    }

    #[test]
    fn what_is_configured_is_what_is_served() {
        let all = options("one", bot(None, None), Arc::new(SystemClock));
        assert_eq!((all.shards, &all.registration), (Shards::Automatic, &Registration::Everywhere));
        let part =
            options("one", bot(Some(Share { first: 1, last: 2, total: 3 }), Some(vec![7])), Arc::new(SystemClock));
        assert_eq!(part.shards, Shards::Range { first: 1, last: 2, total: 3 });
        assert_eq!((part.registration, part.account.as_str()), (Registration::Servers(vec![7]), "one"));
        assert!(part.commands.iter().any(|command| command.name == "model"));
    }

    #[test]
    fn who_may_not_read_messages_is_told_so() {
        let remark = |reads_messages| {
            known(Identity { id: 1, username: "onebot".to_owned(), application: 1, reads_messages }).remark
        };
        assert_eq!(remark(true), None);
        assert!(remark(false).unwrap_or_default().contains("Message Content"));
    }
}
