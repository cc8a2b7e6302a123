//! How one account stands, as programs tell each other.

use serde::{Deserialize, Serialize};

/// How one account stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// The channel, such as `telegram`.
    pub(crate) channel: String,
    /// What it is called there in the configuration.
    pub(crate) account: String,
    /// What the operator calls it.
    pub(crate) name: Option<String>,
    /// The bot's name there, without `@`, once the platform has said it.
    pub(crate) bot: Option<String>,
    /// `starting`, `up`, `down`, `other-poller`, `refused` or `ended`.
    pub(crate) state: String,
    /// Why it is not up, in words.
    pub(crate) why: Option<String>,
    /// Since when it is so.
    pub(crate) since: String,
}

/// How all of them stand, and where else that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Served {
    /// The address of `/healthz`, where there is one.
    pub(crate) health: Option<String>,
    /// The accounts.
    pub(crate) channels: Vec<Told>,
}
