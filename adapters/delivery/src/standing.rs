//! Telling how the account stands.

use tokio::sync::watch;

use crate::{Link, State};

/// Where the state of an account is written.
pub struct Standing {
    account: String,
    state: watch::Sender<State>,
}

impl Standing {
    /// Tells `state` how `account` stands.
    pub fn new(account: String, state: watch::Sender<State>) -> Self {
        Self { account, state }
    }

    /// The connection is so from now on.
    pub fn is(&self, link: Link) {
        if self.state.borrow().link == link {
            return;
        }
        // Whoever has the other end of `state` knows how loud that is.
        tracing::debug!(account = self.account, ?link, "the connection to the platform");
        self.state.send_modify(|state| state.link = link);
    }

    /// The platform has said who the bot is.
    pub fn known_as(&self, name: &str) {
        self.state.send_modify(|state| state.bot = Some(name.to_owned()));
    }
}
