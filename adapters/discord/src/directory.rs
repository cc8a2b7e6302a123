//! What is known of a bot's servers: which channels are in them, and what these are called.

mod wire;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::directory::wire::{Channel, Guild, Role};
use crate::snowflake::Snowflake;

/// The type of an ordinary channel of a server.
const TEXT: u64 = 0;

/// The type of a private chat with one person.
pub(crate) const DM: u64 = 1;

/// The type of a chat of several people outside of servers.
pub(crate) const GROUP_DM: u64 = 3;

/// The type of a heading over channels, in which nobody can write.
const CATEGORY: u64 = 4;

/// So many channels are known at most. One that has made room for another is asked for when somebody writes there.
const MOST: usize = 100_000;

/// Longer names are no names of Discord's.
const LONGEST: usize = 400;

/// Whether a channel of that type is a thread in another one; a post in a forum is one as well.
pub(crate) fn is_thread(kind: u64) -> bool {
    matches!(kind, 10..=12)
}

/// What is known of a bot's servers. Events that tell of them are noted; nothing is asked.
#[derive(Debug)]
pub(crate) struct Directory {
    known: Mutex<Known>,
    most: usize,
}

#[derive(Debug, Default)]
struct Known {
    servers: HashMap<Snowflake, Server>,
    channels: HashMap<Snowflake, Noted>,
}

/// A server.
#[derive(Debug, Default)]
struct Server {
    name: Option<Box<str>>,
    /// Each bot's own role there: the role and the bot.
    roles: Vec<(Snowflake, Snowflake)>,
}

/// A channel, in little room: a bot may be in thousands of servers.
#[derive(Debug)]
struct Noted {
    server: Option<Snowflake>,
    /// What a thread is part of.
    parent: Option<Snowflake>,
    kind: u8,
    name: Option<Box<str>>,
}

/// What is not known, and can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// What a channel is.
    Channel(u64),
    /// What a server is called, and which role of it is the bot's.
    Server(u64),
}

/// What is known of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The server that it is in.
    pub(crate) server: Option<u64>,
    /// What type of channel it is.
    pub(crate) kind: u64,
    /// The channel that it is part of, if it is a thread.
    pub(crate) parent: Option<u64>,
    /// Its name.
    pub(crate) name: Option<String>,
}

impl Directory {
    /// One in which nothing stands.
    pub(crate) fn new() -> Self {
        Self { known: Mutex::default(), most: MOST }
    }

    /// Notes what an event of the gateway tells of servers and channels. Others tell nothing.
    pub(crate) fn note(&self, event: &str, data: &Value) {
        let mut known = self.known();
        match event {
            "GUILD_CREATE" => known.appear(data, self.most),
            "GUILD_UPDATE" => known.name(data),
            "GUILD_DELETE" => known.disappear(data),
            "GUILD_ROLE_CREATE" | "GUILD_ROLE_UPDATE" => known.role(data),
            "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE" => {
                known.channel(data, None, self.most);
            }
            "CHANNEL_DELETE" | "THREAD_DELETE" => {
                if let Some(id) = id(data, "id") {
                    known.channels.remove(&id);
                }
            }
            "THREAD_LIST_SYNC" => {
                let server = id(data, "guild_id");
                for thread in list(data, "threads") {
                    known.channel(thread, server, self.most);
                }
            }
            _ => {}
        }
    }

    /// Notes what Discord has answered to the question what `missing` is.
    pub(crate) fn learn(&self, missing: Missing, answer: &Value) {
        match missing {
            Missing::Channel(_) => self.known().channel(answer, None, self.most),
            Missing::Server(_) => self.known().name(answer),
        }
    }

    /// Notes that Discord does not tell what `missing` is: it has no name then, and is not asked for again.
    pub(crate) fn untold(&self, missing: Missing) {
        let mut known = self.known();
        match missing {
            Missing::Channel(id) => {
                known.channel(&json!({"id": id.to_string(), "type": TEXT}), None, self.most);
            }
            Missing::Server(id) => {
                if let Some(id) = Snowflake::of(id) {
                    known.servers.entry(id).or_default();
                }
            }
        }
    }

    /// Whether it is known what a server is called, or that this is not told.
    pub(crate) fn has_server(&self, id: u64) -> bool {
        Snowflake::of(id).is_some_and(|id| self.known().servers.contains_key(&id))
    }

    /// What is known of a channel.
    pub(crate) fn channel(&self, id: u64) -> Option<Found> {
        let id = Snowflake::of(id)?;
        let known = self.known();
        let Noted { server, parent, kind, name } = known.channels.get(&id)?;
        Some(Found {
            server: server.map(Snowflake::get),
            kind: u64::from(*kind),
            parent: parent.map(Snowflake::get),
            name: name.as_deref().map(str::to_owned),
        })
    }

    /// The name of a server.
    pub(crate) fn server_name(&self, id: u64) -> Option<String> {
        let id = Snowflake::of(id)?;
        self.known().servers.get(&id)?.name.as_deref().map(str::to_owned)
    }

    /// Whether a role is the one that the server `server` has for the bot `bot`.
    pub(crate) fn is_role_of(&self, server: u64, role: u64, bot: u64) -> bool {
        let known = self.known();
        let server = Snowflake::of(server).and_then(|server| known.servers.get(&server));
        server.is_some_and(|server| server.roles.iter().any(|(id, of)| id.get() == role && of.get() == bot))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// A server and all that is in it. What is no longer there has gone while nobody listened.
    fn appear(&mut self, data: &Value, most: usize) {
        let Some(id) = id(data, "id") else { return };
        if data["unavailable"] == true {
            return;
        }
        if self.servers.contains_key(&id) {
            self.forget_channels(id);
        }
        self.name(data);
        for channel in list(data, "channels").iter().chain(list(data, "threads")) {
            self.channel(channel, Some(id), most);
        }
    }

    fn name(&mut self, data: &Value) {
        let Ok(Guild { id, name }) = Guild::deserialize(data) else { return };
        let server = self.servers.entry(id).or_default();
        if let Some(name) = shown(name) {
            server.name = Some(name);
        }
        if data["roles"].is_array() {
            server.roles = list(data, "roles").iter().filter_map(role).collect();
        }
    }

    fn role(&mut self, data: &Value) {
        let server = id(data, "guild_id").and_then(|id| self.servers.get_mut(&id));
        if let Some((server, role)) = server.zip(role(&data["role"])) {
            server.roles.retain(|(id, _)| *id != role.0);
            server.roles.push(role);
        }
    }

    /// Discord says it also of a server that it cannot reach for a while; all of it is told again then.
    fn disappear(&mut self, data: &Value) {
        if let Some(id) = id(data, "id") {
            self.servers.remove(&id);
            self.forget_channels(id);
        }
    }

    fn forget_channels(&mut self, server: Snowflake) {
        self.channels.retain(|_, channel| channel.server != Some(server));
    }

    /// A channel of `server`, or of the one that it names itself.
    fn channel(&mut self, data: &Value, server: Option<Snowflake>, most: usize) {
        let Ok(Channel { id, kind, guild_id, parent_id, name }) = Channel::deserialize(data) else { return };
        if u64::from(kind) == CATEGORY {
            return;
        }
        if self.channels.len() >= most && !self.channels.contains_key(&id) {
            // Whichever: there are so many that somebody writes there is seldom, and it can be asked for.
            if let Some(other) = self.channels.keys().next().copied() {
                self.channels.remove(&other);
            }
        }
        let parent = parent_id.filter(|_| is_thread(kind.into()));
        // The name of a thread is shown nowhere.
        let name = shown(name).filter(|_| parent.is_none());
        self.channels.insert(id, Noted { server: guild_id.or(server), parent, kind, name });
    }
}

fn id(data: &Value, field: &str) -> Option<Snowflake> {
    data[field].as_str().and_then(Snowflake::read)
}

fn list<'a>(data: &'a Value, field: &str) -> &'a [Value] {
    data[field].as_array().map_or(&[], Vec::as_slice)
}

/// A role that belongs to a bot, and the bot.
fn role(data: &Value) -> Option<(Snowflake, Snowflake)> {
    let Role { id, tags } = Role::deserialize(data).ok()?;
    Some((id, tags.bot_id))
}

fn shown(name: Option<&str>) -> Option<Box<str>> {
    name.filter(|name| !name.is_empty() && name.len() <= LONGEST).map(Box::from)
}

#[cfg(test)]
mod tests;
