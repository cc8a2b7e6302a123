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
