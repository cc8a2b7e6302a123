//! The bots of Discord.

use secrecy::SecretString;

use crate::config::channel_token::discord_bot_id;
use crate::config::{Config, DISCORD_TOKEN, DiscordConfig, ExtentConfig, ShardsConfig};
use crate::gateway::bot::{Bot, Platform, key};
use crate::profile::Secrets;

/// Discord.
pub(crate) struct Discord;

/// The shards that are served, from the first to the last, of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    /// The first one, counted from 0.
    pub(crate) first: u32,
    /// The last one.
    pub(crate) last: u32,
    /// How many there are in all.
    pub(crate) total: u32,
}

/// Which of a bot's servers are served, and where commands are offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Its part of the shards; all of them where nothing is said.
    pub(crate) share: Option<Share>,
    /// The servers with commands; all of them where nothing is said.
    pub(crate) register_in: Option<Vec<u64>>,
}

impl Platform for Discord {
    type More = ExtentConfig;
    type Means = Extent;

    const NAME: &'static str = "discord";
    const TITLE: &'static str = "Discord";
    const VARIABLE: &'static str = DISCORD_TOKEN;
    const TOKEN: &'static str = "token";
    const LOOKS: &'static str = "three parts with dots between them";
    const SOURCE: &'static str = "the developer portal shows it under Bot, Reset Token";

    fn of(config: &Config) -> &DiscordConfig {
        &config.discord
    }

    fn bot_id(token: &SecretString) -> Option<u64> {
        discord_bot_id(token)
    }

    fn look(id: &str, more: &ExtentConfig) -> Result<(), String> {
        share(id, more.shards).map(|_| ())
    }

    fn open(id: &str, more: &ExtentConfig, _secrets: &Secrets<'_>) -> Result<Extent, String> {
        Ok(Extent { share: share(id, more.shards)?, register_in: more.register_in.clone() })
    }

    fn remarks(_id: &str, _more: &ExtentConfig) -> Vec<String> {
        Vec::new()
    }

    fn clash(_id: &str, bot: &Bot<Self>, (other, theirs): (&str, &Bot<Self>)) -> Option<String> {
        (bot.id == theirs.id).then(|| {
            format!(
                "it has the token of the account `{other}`: everything would be answered twice, so take one of the two out"
            )
        })
    }
}

/// The shards that an account serves.
fn share(id: &str, shards: Option<ShardsConfig>) -> Result<Option<Share>, String> {
    let (total, range) = match shards {
        None | Some(ShardsConfig::Auto) => return Ok(None),
        Some(ShardsConfig::Part { total, range }) => (total, range),
    };
    let (first, last) = range.unwrap_or((0, total.saturating_sub(1)));
    if first > last || last >= total {
        return Err(format!(
            "{}.range is [{first}, {last}], and of {total} shards the first is 0 and the last {}: write \
             `range: [<first>, <last>]` within that, or leave shards out",
            key::<Discord>(id, "shards"),
            total.saturating_sub(1)
        ));
    }
    Ok(Some(Share { first, last, total }))
}

#[cfg(test)]
mod tests;
