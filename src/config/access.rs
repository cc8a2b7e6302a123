//! `channels.<channel>`, as far as it says who may do what there.

use indexmap::IndexMap;

/// Who may do something on a channel, or through one account of it. The keys are the family's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessConfig {
    /// `dmPolicy`.
    pub dm_policy: Option<Policy>,
    /// `allowFrom`: who may write in private; `*` for everybody.
    pub allow_from: Option<Vec<String>>,
    /// `groupPolicy`.
    pub group_policy: Option<Policy>,
    /// `groupAllowFrom`: who may write in groups; without it `allowFrom` counts.
    pub group_allow_from: Option<Vec<String>>,
    /// `groups`, by the id of the chat: where there is one at all, no other chat is answered; `*` stands for every chat
    /// that has no entry of its own.
    pub groups: Option<IndexMap<String, GroupConfig>>,
    /// `guilds`, by the id of the server or by its name as a slug; `*` stands for every server without an entry.
    pub guilds: Option<IndexMap<String, GuildConfig>>,
}

/// One entry of `guilds`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuildConfig {
    /// `slug`: the name that the server is known by here, for whoever reads the file, and for entries that have no id.
    pub slug: Option<String>,
    /// `requireMention`.
    pub require_mention: Option<bool>,
    /// Who is let in.
    pub members: MembersConfig,
    /// `channels`, by the id of the channel or by its name as a slug: where there is one at all, no other channel of the
    /// server is answered; `*` stands for every channel without an entry.
    pub channels: IndexMap<String, GuildChannelConfig>,
}

/// One entry of `channels` of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuildChannelConfig {
    /// `allow`, or `enabled`; where one of them is `false`, nobody is answered there.
    pub enabled: Option<bool>,
    /// `requireMention`.
    pub require_mention: Option<bool>,
    /// Who is let in, instead of what the server's entry says.
    pub members: MembersConfig,
}

/// Who of a server is let in: whoever is on one of the two lists. Without either, everybody there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MembersConfig {
    /// `users`, by id.
    pub users: Option<Vec<String>>,
    /// `roles`, by id.
    pub roles: Option<Vec<String>>,
}

/// One entry of `groups`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupConfig {
    /// What it says of the whole group.
    pub room: RoomConfig,
    /// `topics`: what is different in one of its topics, by the id of the topic.
    pub topics: IndexMap<String, RoomConfig>,
}

/// What is said of a group, or of one of its topics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoomConfig {
    /// `enabled`; where it is `false`, nobody is answered there.
    pub enabled: Option<bool>,
    /// `requireMention`: whether ordinary talk has to be addressed to the bot.
    pub require_mention: Option<bool>,
    /// `groupPolicy`.
    pub policy: Option<Policy>,
    /// `allowFrom`: who may write there, instead of everybody else's lists.
    pub allow_from: Option<Vec<String>>,
}

/// Who is let in. `pairing`, where nobody can be paired, is an allowlist like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Those on the list.
    Allowlist,
    /// Everybody. In private chats the list decides all the same: the family demands a `*` in it beside this word.
    Open,
    /// Nobody, and nothing is said either.
    Disabled,
}
