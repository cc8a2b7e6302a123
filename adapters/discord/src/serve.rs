//! Serving one account.

use std::sync::Arc;

use modelpin_chat::Handler;
use modelpin_delivery::{Inbox, State};
use tokio::sync::watch;

use crate::{Identity, Options, ServeFault};

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
    drop((handler, inbox, state, stop));
    Err(ServeFault::NoClient { account: options.account, why: "not there yet".to_owned() })
}

/// Asks Discord once who the bot of `options` is.
///
/// # Errors
/// The token is not known, or Discord does not answer.
pub async fn check(options: &Options) -> Result<Identity, ServeFault> {
    Err(ServeFault::NoClient { account: options.account.clone(), why: "not there yet".to_owned() })
}
