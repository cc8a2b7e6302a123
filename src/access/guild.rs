//! What the configuration says of one channel of a server.

use indexmap::IndexMap;
use modelpin_chat::{Conversation, Room, Thread};

use crate::access::rules::{EVERY, People, Rules};
use crate::config::{GuildChannelConfig, GuildConfig, MembersConfig, Policy};

/// The rules of `conversation`, a room of `room`.
///
/// Where no policy is written, `guilds` is a list of the servers that the bot is for. `people` is who is let in into
/// groups by a list of their own, where neither the channel's entry nor the server's has one.
pub(super) fn rules<'a>(
    guilds: &'a IndexMap<String, GuildConfig>,
    room: &Room,
    conversation: &Conversation,
    policy: Option<Policy>,
    people: Option<&'a [String]>,
) -> Rules<'a> {
    let own = server(guilds, room);
    let guild = own.or_else(|| guilds.get(EVERY));
    let channel = guild.and_then(|guild| channel(guild, room, conversation));
    // A server with a list of channels is answered in those only.
    let has_channels = guild.is_some_and(|guild| !guild.channels.is_empty());
    let listed = guild.is_some() && (channel.is_some() || !has_channels);
    let lists = channel.map(|channel| &channel.members).filter(|members| has_list(members));
    let lists = lists.or_else(|| guild.map(|guild| &guild.members).filter(|members| has_list(members)));
    let mention = channel.and_then(|channel| channel.require_mention);
    Rules {
        off: policy == Some(Policy::Disabled) || channel.is_some_and(|channel| channel.enabled == Some(false)),
        listed: listed || policy == Some(Policy::Open),
        people: match (lists, people) {
            (Some(MembersConfig { users, roles }), _) => People::Members {
                users: users.as_deref().unwrap_or_default(),
                roles: roles.as_deref().unwrap_or_default(),
            },
            (None, Some(people)) => People::Listed(people),
            (None, None) => People::All,
        },
        wants_mention: mention.or(guild.and_then(|guild| guild.require_mention)).unwrap_or(true),
    }
}

/// An empty list is one: it lets in nobody.
fn has_list(members: &MembersConfig) -> bool {
    members.users.is_some() || members.roles.is_some()
}

/// The entry of the server: the one with its id, else the one with its name.
fn server<'a>(guilds: &'a IndexMap<String, GuildConfig>, room: &Room) -> Option<&'a GuildConfig> {
    let by_id = guilds.iter().find(|(key, _)| bare(key, "guild") == room.server);
    let by_name = || {
        let name = room.server_name.as_deref().map(slug)?;
        guilds.iter().find(|(key, guild)| {
            let given = guild.slug.as_deref().filter(|_| !is_id(bare(key, "guild")));
            is_called(key, &name) || given.is_some_and(|given| is_called(given, &name))
        })
    };
    by_id.or_else(by_name).map(|(_, guild)| guild)
}

/// The entry of the channel: the one of the thread itself, else that of the channel it is in.
fn channel<'a>(guild: &'a GuildConfig, room: &Room, conversation: &Conversation) -> Option<&'a GuildChannelConfig> {
    let with_id = |id: &str| guild.channels.iter().find(|(key, _)| bare(key, "channel") == id);
    let thread = conversation.thread.as_ref().and_then(|thread| match thread {
        Thread::Topic(id) | Thread::Thread(id) => with_id(id),
    });
    let by_name = || {
        let name = room.name.as_deref().map(slug)?;
        guild.channels.iter().find(|(key, _)| is_called(key, &name))
    };
    let found = thread.or_else(|| with_id(&conversation.peer)).or_else(by_name).map(|(_, channel)| channel);
    found.or_else(|| guild.channels.get(EVERY))
}

/// A key without the word before the id.
fn bare<'a>(key: &'a str, word: &str) -> &'a str {
    let (prefix, id) = key.split_once(':').unwrap_or(("", key));
    if prefix.eq_ignore_ascii_case(word) || prefix.eq_ignore_ascii_case("discord") { id.trim() } else { key }
}

/// Whether the key is that name. A number is only ever an id: anybody can call a server of theirs by the id of another.
fn is_called(key: &str, name: &str) -> bool {
    !is_id(key) && !name.is_empty() && slug(key) == name
}

fn is_id(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name as it is written in keys: `Friends of Pins!` is `friends-of-pins`.
fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.to_lowercase().chars() {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests;
