//! Serving one account.

mod begin;

use std::num::NonZeroU64;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use modelpin_chat::{Handler, Kind, Outbox as _, OutboxError, Reply};
use modelpin_delivery::{Chats, Inbox, Link, Resumed, Standing, State};
use serenity::model::id::ChannelId;
use tokio::sync::watch;

use crate::api::{self, Api, Gateway, Http};
use crate::deliver::Deliveries;
use crate::inbound::Me;
use crate::line::Line;
use crate::outbox::Talk;
use crate::serve::begin::Beginning;
use crate::shard::{self, Links, Reach};
use crate::way::Way;
use crate::{Identity, Options, ServeFault, Shards, commands};

/// Serves one account until `stop` holds `true` or nobody can set it any more.
///
/// What a former run has left in `inbox` is handled first, then what Discord hands out. How the account stands is written
/// into `state`. Whatever passes by itself (no network, Discord unwell) is waited for.
///
/// At the end, what is under way may go on for [`Options::patience`]; what is not done by then stays in `inbox`. The
/// session at Discord's gateway is kept, so that the next start within a few minutes gets what came in between.
///
/// # Errors
/// Something that only another configuration can mend, see [`ServeFault`]; at once or after any time. What is under way is
/// let go on as at the end.
pub async fn serve(
    options: Options,
    handler: Arc<dyn Handler>,
    inbox: Arc<dyn Inbox>,
    state: watch::Sender<State>,
    stop: watch::Receiver<bool>,
) -> Result<(), ServeFault> {
    let http = client(&options)?;
    serve_over(Arc::new(http), options, handler, inbox, state, stop).await
}

/// Asks Discord once who the bot of `options` is.
///
/// # Errors
/// The token is not known, or Discord does not answer.
pub async fn check(options: &Options) -> Result<Identity, ServeFault> {
    let http = client(options)?;
    let account = options.account.clone();
    api::me(&http).await.map_err(|fault| {
        let why = fault.to_string();
        if fault.is_of_token() {
            ServeFault::TokenRefused { account, why }
        } else {
            ServeFault::Unreachable { account, why }
        }
    })
}

/// Says something in a channel without having been spoken to there.
///
/// # Errors
/// Why it was not said, in words.
pub async fn announce(options: &Options, channel: u64, reply: Reply) -> Result<(), String> {
    let Some(channel) = NonZeroU64::new(channel) else { return Err("0 is no channel of Discord's".to_owned()) };
    let http = client(options).map_err(|fault| fault.to_string())?;
    let line = Arc::new(Line::new(options.account.clone(), Arc::new(http)));
    let way = Way { channel: ChannelId::new(channel.get()), message: None, interaction: None };
    Talk::new(line, way, Kind::Dm, None).send(reply).await.map_err(|OutboxError(why)| why)
}

fn client(options: &Options) -> Result<Http, ServeFault> {
    Http::new(options.token.clone(), options.api_url.as_ref())
        .map_err(|fault| ServeFault::NoClient { account: options.account.clone(), why: fault.to_string() })
}

/// [`serve`], whatever carries the calls.
pub(crate) async fn serve_over(
    api: Arc<dyn Api>,
    options: Options,
    handler: Arc<dyn Handler>,
    inbox: Arc<dyn Inbox>,
    state: watch::Sender<State>,
    mut stop: watch::Receiver<bool>,
) -> Result<(), ServeFault> {
    let account = Account {
        standing: Arc::new(Standing::new(options.account.clone(), state)),
        line: Arc::new(Line::new(options.account.clone(), api)),
        chats: Arc::new(Chats::new()),
        options,
        handler,
        inbox,
    };
    let stopping = stop.clone();
    let begun = tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => None,
        begun = account.begin() => Some(begun),
    };
    let outcome = match begun {
        None => Ok(()),
        Some(Err(fault)) => Err(fault),
        Some(Ok(begun)) => account.receive(begun, stopping).await,
    };
    let unfinished = account.chats.close(account.options.patience).await;
    if unfinished > 0 {
        tracing::warn!(
            account = account.options.account,
            chats = unfinished,
            "what is under way is taken up at the next start"
        );
    }
    if outcome.is_ok() {
        account.standing.is(Link::Ended);
    }
    outcome
}

/// One account that is served.
struct Account {
    options: Options,
    line: Arc<Line>,
    handler: Arc<dyn Handler>,
    inbox: Arc<dyn Inbox>,
    chats: Arc<Chats>,
    standing: Arc<Standing>,
}

/// What has to be known before anything can come in.
struct Begun {
    identity: Identity,
    deliveries: Arc<Deliveries>,
    gateway: Gateway,
}

impl Account {
    /// Takes up what a former run has left, and asks who the bot is and where the gateway.
    async fn begin(&self) -> Result<Begun, ServeFault> {
        let beginning = Beginning { line: &self.line, inbox: &*self.inbox, standing: &self.standing };
        let Resumed { last: _, pending } = beginning.resume().await;
        // Without its name the bot does not know which commands are for it, so what was left waits for that as well.
        let identity = beginning.identity().await?;
        let deliveries = Arc::new(Deliveries::new(
            Arc::clone(&self.line),
            Arc::clone(&self.handler),
            Arc::clone(&self.inbox),
            Arc::clone(&self.chats),
            Me { id: identity.id, username: identity.username.clone(), application: identity.application },
            self.options.commands.clone(),
        ));
        deliveries.resume(pending).await;
        let gateway = beginning.gateway().await?;
        Ok(Begun { identity, deliveries, gateway })
    }

    /// Takes what comes until the end is asked for, or something comes that only another configuration can mend.
    async fn receive(&self, begun: Begun, stop: watch::Receiver<bool>) -> Result<(), ServeFault> {
        let Begun { identity, deliveries, gateway } = begun;
        let account = &self.options.account;
        if !identity.reads_messages {
            tracing::warn!(
                account,
                "the bot may not read what is written in servers: slash commands, private chats and mentions of it work, \
                 commands and questions typed without a mention do not. Switch \"Message Content Intent\" on in Discord's \
                 developer portal, on the page of the bot, and start again"
            );
        }
        let (first, last, total) = match self.options.shards {
            Shards::Automatic => (0, gateway.shards - 1, gateway.shards),
            Shards::Range { first, last, total } => (first, last, total),
        };
        if gateway.remaining == 0 {
            let wait = gateway.reset_after;
            tracing::warn!(account, ?wait, "Discord lets the bot in no more often today: it is waited for");
        }
        let near = self.options.api_url.as_ref().is_some_and(api::is_loopback);
        let reach = Reach::new(Arc::clone(&self.line), self.options.token.clone(), near, &identity, gateway, total);
        let reach = Arc::new(self.unless_refused(reach)?);
        let links = Arc::new(Links::new(Arc::clone(&self.standing), last - first + 1));
        let mut shards: FuturesUnordered<_> = (first..=last)
            .map(|number| {
                let serving = shard::Serving {
                    reach: Arc::clone(&reach),
                    deliveries: Arc::clone(&deliveries),
                    inbox: Arc::clone(&self.inbox),
                    links: Arc::clone(&links),
                    number,
                    place: usize::try_from(number - first).unwrap_or_default(),
                    clock: self.options.clock.clone(),
                };
                serving.serve(stop.clone())
            })
            .collect();
        let serving = async {
            while let Some(ended) = shards.next().await {
                ended?;
            }
            Ok::<(), ServeFault>(())
        };
        let menu = async {
            commands::bring_up_to_date(&self.line, &*self.inbox, &self.options, identity.application).await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            served = serving => self.unless_refused(served),
            () = menu => Ok(()),
        }
    }

    /// Says how the account stands where it is refused.
    fn unless_refused<T>(&self, outcome: Result<T, ServeFault>) -> Result<T, ServeFault> {
        outcome.inspect_err(|fault| self.standing.is(Link::Refused(fault.to_string())))
    }
}
