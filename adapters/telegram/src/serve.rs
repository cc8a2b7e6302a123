//! Serving one account.

mod begin;
mod fault;

use std::sync::Arc;

use modelpin_chat::{Handler, Kind, Outbox as _, OutboxError, Reply};
use teloxide::types::ChatId;
use tokio::sync::watch;

use crate::api::{self, Api, Http};
use crate::deliver::Deliveries;
use crate::inbound::{Me, Way};
use crate::line::Line;
use crate::outbox::Talk;
use crate::{Delivery, Identity, Options, Webhook, commands, poll, webhook};
use modelpin_delivery::Chats;
use modelpin_delivery::Standing;
use modelpin_delivery::{Inbox, Link, State};

pub(crate) use crate::serve::begin::Beginning;
pub use crate::serve::fault::ServeFault;

/// Serves one account until `stop` holds `true` or nobody can set it any more.
///
/// What a former run has left in `inbox` is handled first, then what Telegram hands out. How the account stands is written
/// into `state`. Whatever passes by itself (no network, Telegram unwell, another poller) is waited for.
///
/// At the end, what is under way may go on for [`Options::patience`]; what is not done by then stays in `inbox`. A webhook
/// stays set: Telegram keeps what comes until the next start.
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

/// Asks Telegram once who the bot of `options` is.
///
/// # Errors
/// The token is not known, or Telegram does not answer.
pub async fn check(options: &Options) -> Result<Identity, ServeFault> {
    let http = client(options)?;
    let account = options.account.clone();
    api::get_me(&http).await.map_err(|fault| {
        let why = fault.to_string();
        if fault.is_of_token() {
            ServeFault::TokenRefused { account, why }
        } else {
            ServeFault::Unreachable { account, why }
        }
    })
}

/// Says something in a chat without having been spoken to there.
///
/// # Errors
/// Why it was not said, in words.
pub async fn announce(options: &Options, chat: i64, reply: Reply) -> Result<(), String> {
    let http = client(options).map_err(|fault| fault.to_string())?;
    let line = Arc::new(Line::new(options.account.clone(), Arc::new(http)));
    let way = Way { chat: ChatId(chat), thread: None, message: None, press: None };
    Talk::new(line, way, Kind::Dm).send(reply).await.map_err(|OutboxError(why)| why)
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
    let standing = Standing::new(options.account.clone(), state);
    let line = Arc::new(Line::new(options.account.clone(), api));
    let chats = Arc::new(Chats::new());
    let outcome = tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => Ok(()),
        fault = receive(&options, &line, handler, inbox, &chats, &standing) => Err(fault),
    };
    let unfinished = chats.close(options.patience).await;
    if unfinished > 0 {
        tracing::warn!(
            account = options.account,
            chats = unfinished,
            "what is under way is taken up at the next start"
        );
    }
    if outcome.is_ok() {
        standing.is(Link::Ended);
    }
    outcome
}

/// Begins, and takes what comes, until something only another configuration can mend.
async fn receive(
    options: &Options,
    line: &Arc<Line>,
    handler: Arc<dyn Handler>,
    inbox: Arc<dyn Inbox>,
    chats: &Arc<Chats>,
    standing: &Standing,
) -> ServeFault {
    let beginning = Beginning { line, inbox: &*inbox, standing };
    let resumed = beginning.resume().await;
    // Without its name the bot does not know which commands are for it, so what was left waits for that as well.
    let me = match beginning.get_me().await {
        Ok(me) => me,
        Err(fault) => return fault,
    };
    let bot = me.id;
    let me = Me { id: bot, username: me.username };
    let deliveries =
        Deliveries::new(Arc::clone(line), handler, Arc::clone(&inbox), me, Arc::clone(chats), options.admins);
    deliveries.resume(resumed.pending).await;
    let menu = async {
        commands::bring_up_to_date(line, &*inbox, options, bot).await;
        std::future::pending().await
    };
    let updates = async {
        match &options.delivery {
            Delivery::Polling => match beginning.delete_webhook().await {
                Ok(()) => poll::poll(line, &deliveries, standing, resumed.last).await,
                Err(fault) => fault,
            },
            Delivery::Webhook(webhook) => be_brought(&beginning, webhook, &deliveries).await,
        }
    };
    tokio::select! {
        fault = updates => fault,
        fault = menu => fault,
    }
}

/// Listens, tells Telegram to bring updates, and takes them.
async fn be_brought(beginning: &Beginning<'_>, webhook: &Webhook, deliveries: &Deliveries) -> ServeFault {
    let Beginning { line, inbox: _, standing } = beginning;
    let listener = match webhook::listen(&line.account, webhook).await {
        Ok(listener) => listener,
        Err(fault) => return fault,
    };
    if let Err(fault) = beginning.set_webhook(webhook).await {
        return fault;
    }
    standing.is(Link::Up);
    tokio::select! {
        fault = webhook::receive(listener, webhook, deliveries, standing) => ServeFault::Listen {
            account: line.account.clone(),
            address: webhook.listen,
            why: fault.to_string(),
        },
        fault = webhook::watch(beginning, webhook) => fault,
    }
}

#[cfg(test)]
mod tests;
