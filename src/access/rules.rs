//! What the configuration says of one conversation.

use modelpin_chat::{Conversation, Kind, Thread};

use crate::access::guild;
use crate::access::{Asker, allowlist};
use crate::config::{AccessConfig, Config, GroupConfig, Policy, RoomConfig, account_id};

/// The entry that stands for every chat without one of its own.
pub(super) const EVERY: &str = "*";
/// The entry of `channels` that is no channel: what counts where a channel says nothing.
const DEFAULTS: &str = "defaults";

/// The rules of one conversation: of its topic, else of its group, else of the account, else of the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rules<'a> {
    /// Whether nobody is answered there, not even with a refusal.
    pub(super) off: bool,
    /// Whether the chat is one of those that the bot is for.
    pub(super) listed: bool,
    /// Who is let in.
    pub(super) people: People<'a>,
    /// Whether ordinary talk has to be addressed to the bot.
    pub(super) wants_mention: bool,
}

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum People<'a> {
    /// Everybody.
    All,
    /// Those on the list.
    Listed(&'a [String]),
    /// Those on a list of people, and those who have a role on a list of roles.
    Members {
        /// The people.
        users: &'a [String],
        /// The roles.
        roles: &'a [String],
    },
}

impl<'a> Rules<'a> {
    /// The rules of where `asker` is; without any configuration nobody is let in, and a group wants a mention.
    pub(super) fn of(config: &'a Config, asker: &Asker<'_>) -> Self {
        let conversation = asker.conversation;
        let sources = Sources::of(config, conversation);
        let guilds = asker.room.and_then(|room| sources.first(|access| access.guilds.as_ref()).zip(Some(room)));
        match (conversation.kind, guilds) {
            (Kind::Dm, _) => sources.private(),
            (Kind::Group | Kind::Channel, Some((guilds, room))) => {
                let policy = sources.group_policy(config);
                let people = sources.first(|access| access.group_allow_from.as_deref());
                guild::rules(guilds, room, conversation, policy, people)
            }
            (Kind::Group | Kind::Channel, None) => sources.group(config, conversation),
        }
    }
}

/// Where the keys of an account are looked for, in this order.
struct Sources<'a>([Option<&'a AccessConfig>; 2]);

impl<'a> Sources<'a> {
    fn of(config: &'a Config, conversation: &Conversation) -> Self {
        let channel = config.channels.get(&conversation.channel);
        let account = channel.and_then(|channel| {
            let mut accounts = channel.account_access.iter();
            let here = |name: &str| account_id(name).is_some_and(|id| id.eq_ignore_ascii_case(&conversation.account));
            accounts.find(|(name, _)| here(name)).map(|(_, access)| access)
        });
        Self([account, channel.map(|channel| &channel.access)])
    }

    fn first<T: 'a>(&self, key: impl Fn(&'a AccessConfig) -> Option<T>) -> Option<T> {
        self.0.into_iter().flatten().find_map(key)
    }

    /// The policy for groups, of the account, of the channel, or of all channels.
    fn group_policy(&self, config: &Config) -> Option<Policy> {
        let defaults = config.channels.get(DEFAULTS).and_then(|channel| channel.access.group_policy);
        self.first(|access| access.group_policy).or(defaults)
    }

    fn private(&self) -> Rules<'a> {
        let list = self.first(|access| access.allow_from.as_deref());
        Rules {
            off: self.first(|access| access.dm_policy) == Some(Policy::Disabled),
            listed: true,
            people: People::Listed(list.unwrap_or_default()),
            wants_mention: false,
        }
    }

    fn group(&self, config: &'a Config, conversation: &Conversation) -> Rules<'a> {
        let groups = self.first(|access| access.groups.as_ref());
        let every = groups.and_then(|groups| groups.get(EVERY));
        let own = groups.and_then(|groups| {
            let mut named = groups.iter().filter(|(id, _)| id.as_str() != EVERY);
            named.find(|(id, _)| allowlist::is(id, &conversation.channel, &conversation.peer)).map(|(_, group)| group)
        });
        let group = own.or(every);
        let topic = group.and_then(|group| topic(group, conversation));
        let rooms = [topic, group.map(|group| &group.room)];
        let policy = said(rooms, |room| room.policy).or_else(|| self.group_policy(config));
        let mention = said(rooms, |room| room.require_mention).or(every.and_then(|every| every.room.require_mention));
        let people = match (said(rooms, |room| room.allow_from.as_deref()), policy) {
            (Some(list), _) => People::Listed(list),
            (None, Some(Policy::Open)) => People::All,
            (None, Some(Policy::Allowlist | Policy::Disabled) | None) => {
                let list = self.first(|access| access.group_allow_from.as_deref());
                People::Listed(list.or_else(|| self.first(|access| access.allow_from.as_deref())).unwrap_or_default())
            }
        };
        let shut = rooms.into_iter().flatten().any(|room| room.enabled == Some(false));
        Rules {
            off: shut || policy == Some(Policy::Disabled),
            listed: groups.is_none() || group.is_some(),
            people,
            wants_mention: mention.unwrap_or(true),
        }
    }
}

/// The first of `rooms` that says something.
fn said<'a, T>(rooms: [Option<&'a RoomConfig>; 2], key: impl Fn(&'a RoomConfig) -> Option<T>) -> Option<T> {
    rooms.into_iter().flatten().find_map(key)
}

fn topic<'a>(group: &'a GroupConfig, conversation: &Conversation) -> Option<&'a RoomConfig> {
    match conversation.thread.as_ref()? {
        Thread::Topic(id) | Thread::Thread(id) => group.topics.get(id).or_else(|| group.topics.get(EVERY)),
    }
}

#[cfg(test)]
mod tests;
