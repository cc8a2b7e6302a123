//! Telling how the account stands.

use tokio::sync::watch;

use crate::{Link, State};

/// Where the state of an account is written.
pub(crate) struct Standing {
    account: String,
    state: watch::Sender<State>,
}

impl Standing {
    pub(crate) fn new(account: String, state: watch::Sender<State>) -> Self {
        Self { account, state }
    }

    /// The connection is so from now on.
    pub(crate) fn is(&self, link: Link) {
        if self.state.borrow().link == link {
            return;
        }
        // Whoever has the other end of `state` knows how loud that is.
        tracing::debug!(account = self.account, ?link, "the connection to Telegram");
        self.state.send_modify(|state| state.link = link);
    }

    /// Telegram has said who the bot is.
    pub(crate) fn known_as(&self, username: &str) {
        self.state.send_modify(|state| state.bot = Some(username.to_owned()));
    }
}
