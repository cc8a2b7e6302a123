//! What an account is served with.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use modelpin_chat::CommandEntry;
use secrecy::SecretString;
use url::Url;

/// What an account is served with.
#[derive(Debug, Clone)]
pub struct Options {
    /// What the operator calls the account; it becomes [`modelpin_chat::Conversation::account`].
    pub account: String,
    /// The bot's token, without `Bot `.
    pub token: SecretString,
    /// Where Discord's API is, without `/api/v10`; Discord's own where nothing is said. Where it is said, everything else
    /// has to be found there: no address of Discord's own is ever asked.
    pub api_url: Option<Url>,
    /// Which part of the bot's servers is served.
    pub shards: Shards,
    /// The commands that people are offered.
    pub commands: Vec<CommandEntry>,
    /// Where they are offered.
    pub registration: Registration,
    /// The time: what was written while nobody was there is answered if it is not old.
    pub clock: Clock,
    /// How long what is under way may go on when the end is asked for.
    pub patience: Duration,
}

/// Where the time comes from: how long it is since the beginning of 1970.
#[derive(Clone)]
pub struct Clock(pub Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock {
    pub(crate) fn now(&self) -> Duration {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Which part of a bot's servers is served. Discord deals them out over shards; private chats come to the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shards {
    /// All of them, over as many shards as Discord advises.
    Automatic,
    /// Those of the shards from `first` to `last`, of `total` ones that several programs serve together.
    Range {
        /// The first shard; they are counted from 0.
        first: u32,
        /// The last one.
        last: u32,
        /// How many there are in all.
        total: u32,
    },
}

/// Where commands are offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registration {
    /// In every server of the bot, and in private chats with it.
    Everywhere,
    /// In the servers with these ids only.
    Servers(Vec<u64>),
}
