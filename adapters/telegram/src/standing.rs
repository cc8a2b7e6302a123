//! Telling how the account stands.

use tokio::sync::watch;

use crate::{Link, State};

/// Where the state of an account is written, and every change of it into the log.
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
        let changed = self.state.send_if_modified(|state| {
            let changed = state.link != link;
            if changed {
                state.link = link.clone();
            }
            changed
        });
        if !changed {
            return;
        }
        let account = &self.account;
        match link {
            Link::Starting | Link::Ended => tracing::debug!(account, ?link, "Telegram"),
            Link::Up => tracing::info!(account, "Telegram hands out updates"),
            Link::Down(why) => tracing::warn!(account, why, "Telegram is tried again"),
            Link::OtherPoller => {
                tracing::warn!(account, "somebody else asks for this bot's updates; it is tried again until they stop");
            }
            Link::Refused(why) => tracing::error!(account, why, "Telegram refuses the bot"),
        }
    }

    /// Telegram has said who the bot is.
    pub(crate) fn known_as(&self, username: &str) {
        self.state.send_modify(|state| state.bot = Some(username.to_owned()));
    }
}
