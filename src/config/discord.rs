//! What only the bots of Discord have.

use crate::config::{BotAccount, BotsConfig};

/// The variable with the token of the default account.
pub const DISCORD_TOKEN: &str = "DISCORD_BOT_TOKEN";

/// The bots of Discord.
pub type DiscordConfig = BotsConfig<ExtentConfig>;

/// One of them.
pub type DiscordAccount = BotAccount<ExtentConfig>;

/// Which of its servers are served, and where commands are offered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtentConfig {
    /// `shards`; as if it were `auto` where nothing is said.
    pub shards: Option<ShardsConfig>,
    /// `registerIn`: the ids of the servers in which commands are offered; everywhere where nothing is said.
    pub register_in: Option<Vec<u64>>,
}

/// `shards`: the part of a bot's servers that is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardsConfig {
    /// `auto`: all of them, over as many shards as Discord advises.
    Auto,
    /// What one of several programs serves.
    Part {
        /// `total`: how many shards there are in all.
        total: u32,
        /// `range`: the first and the last one that is served, counted from 0; all of them where nothing is said.
        range: Option<(u32, u32)>,
    },
}
