//! Servers and channels as Discord writes them, as far as they are read.

use serde::Deserialize;

use crate::snowflake::Snowflake;

/// A server.
#[derive(Debug, Deserialize)]
pub(super) struct Guild<'a> {
    pub(super) id: Snowflake,
    pub(super) name: Option<&'a str>,
}

/// A channel, or a thread.
#[derive(Debug, Deserialize)]
pub(super) struct Channel<'a> {
    pub(super) id: Snowflake,
    #[serde(rename = "type")]
    pub(super) kind: u8,
    pub(super) guild_id: Option<Snowflake>,
    pub(super) parent_id: Option<Snowflake>,
    pub(super) name: Option<&'a str>,
}

/// A role that Discord made for somebody.
#[derive(Debug, Deserialize)]
pub(super) struct Role {
    pub(super) id: Snowflake,
    pub(super) tags: Tags,
}

/// For whom a role was made.
#[derive(Debug, Deserialize)]
pub(super) struct Tags {
    pub(super) bot_id: Snowflake,
}
