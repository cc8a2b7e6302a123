//! The ports of the gateway: a channel's account that can be served, and who knows which there are.

use std::fmt;
use std::sync::Arc;

use modelpin_chat::{BoxFuture, Reply};
use modelpin_delivery::State;
use tokio::sync::watch;

/// One account of a channel, ready to be served.
pub(crate) trait Channel: Send + Sync {
    /// Serves it until `stop` is set, and says how it stands as that changes.
    ///
    /// # Errors
    /// [`Ended`] where it ended by itself: whether to try again, and why.
    fn serve(
        &self,
        standing: watch::Sender<State>,
        stop: watch::Receiver<bool>,
    ) -> BoxFuture<'static, Result<(), Ended>>;

    /// Says something in a chat without having been spoken to there.
    ///
    /// # Errors
    /// Why it was not said, in words.
    fn announce(&self, chat: String, reply: Reply) -> BoxFuture<'static, Result<(), String>>;
}

/// Why a channel ended by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It cannot work as it is configured: there is no use in trying again.
    Refused(String),
    /// It may work another time.
    Failed(String),
}

/// Which account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AccountId {
    /// The channel, such as `telegram`.
    pub(crate) channel: &'static str,
    /// What it is called there in the configuration.
    pub(crate) account: String,
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.channel, self.account)
    }
}

/// An account that is configured.
#[derive(Clone)]
pub(crate) struct Entry {
    /// Which.
    pub(crate) id: AccountId,
    /// What the operator calls it.
    pub(crate) name: Option<String>,
    /// It, ready to be served; or why it cannot be, and what to do.
    pub(crate) ready: Result<Ready, String>,
}

/// An account that can be served.
#[derive(Clone)]
pub(crate) struct Ready {
    /// Changes when the account is configured otherwise, and holds no secret.
    pub(crate) made_of: String,
    /// What nobody else on this machine may serve at the same time.
    pub(crate) claim: String,
    /// The account.
    pub(crate) channel: Arc<dyn Channel>,
}

/// What is configured now.
#[derive(Clone, Default)]
pub(crate) struct Wanted {
    /// The accounts, each once.
    pub(crate) entries: Vec<Entry>,
    /// What is wrong with the configuration as a whole, in words: the last good one is in force.
    pub(crate) trouble: Vec<String>,
    /// What does not count, and is worth knowing.
    pub(crate) remarks: Vec<String>,
}

/// Asks the platform who a bot is, or says why that is not told and what to do.
pub(crate) type Question = BoxFuture<'static, Result<Known, String>>;

/// A bot that the platform knows.
pub(crate) struct Known {
    /// The name that it goes by.
    pub(crate) bot: String,
    /// What it could not do as it is set up there, and what to do.
    pub(crate) remark: Option<String>,
}

/// An account that is configured, to be looked at without serving it.
pub(crate) struct Checkup {
    /// Which.
    pub(crate) id: AccountId,
    /// What the operator calls it.
    pub(crate) name: Option<String>,
    /// What is asked of the platform; or why it cannot be, and what to do.
    pub(crate) question: Result<Question, String>,
}

/// Everything that is configured, to be looked at.
#[derive(Default)]
pub(crate) struct Checkups {
    /// The accounts.
    pub(crate) accounts: Vec<Checkup>,
    /// What does not count, and is worth knowing.
    pub(crate) remarks: Vec<String>,
}

/// Who knows which accounts are configured.
pub(crate) trait Roster: Send + Sync {
    /// What is configured now. Cheap where nothing has changed.
    fn current(&self) -> BoxFuture<'_, Wanted>;
}
