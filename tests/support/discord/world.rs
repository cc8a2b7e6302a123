//! Everything that there is.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::discord::gateway::Gateway;
use crate::support::discord::interaction::Interaction;
use crate::support::discord::message::Message;

/// When Discord's ids begin, and when the fake begins (2026-11-20 at noon), in milliseconds since 1970.
const EPOCH: u64 = 1_420_070_400_000;
const BEGAN: u64 = 1_795_176_000_000;

/// Everything that there is.
pub(crate) struct World {
    pub(crate) now: Duration,
    pub(crate) token: String,
    pub(crate) bot: u64,
    pub(crate) bot_name: String,
    pub(crate) application: u64,
    /// Whether it may read what is written in servers.
    pub(crate) may_read: bool,
    pub(crate) gateway: Gateway,
    pub(super) guilds: BTreeMap<u64, Guild>,
    pub(super) channels: BTreeMap<u64, Channel>,
    pub(super) people: BTreeMap<u64, String>,
    pub(super) messages: Vec<Message>,
    pub(super) interactions: BTreeMap<u64, Interaction>,
    /// The commands that are registered: everywhere (0), and by server.
    pub(super) commands: BTreeMap<u64, Vec<Value>>,
    pub(super) creates: usize,
    /// When was written in a channel, lately; for the limit of it.
    pub(super) written: HashMap<u64, Vec<Duration>>,
    pub(super) overruns: usize,
    pub(super) calls: Vec<(String, String)>,
    pub(super) bodies: Vec<String>,
    pub(super) complaints: Vec<String>,
    pub(super) delay: Option<(String, Duration)>,
    pub(super) faults: Vec<(String, String, u16, usize)>,
    /// Where its gateway is said to be, if not where it is.
    pub(super) leads_to: Option<String>,
    last: u64,
}

/// A server.
pub(super) struct Guild {
    pub(super) name: String,
    pub(super) roles: Vec<(u64, String)>,
    /// Who is in it, with which roles.
    pub(super) members: BTreeMap<u64, Vec<u64>>,
}

/// A channel, a thread, or a private chat.
pub(super) struct Channel {
    pub(super) guild: Option<u64>,
    pub(super) kind: u64,
    pub(super) parent: Option<u64>,
    pub(super) name: String,
    /// Who has this private chat with the bot.
    pub(super) with: Option<u64>,
}

impl World {
    pub(super) fn new(token: &str, name: &str) -> Self {
        Self {
            now: Duration::ZERO,
            token: token.to_owned(),
            bot: 100_000_000_000_000_001,
            bot_name: name.to_owned(),
            application: 100_000_000_000_000_002,
            may_read: true,
            gateway: Gateway::default(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            people: BTreeMap::new(),
            messages: Vec::new(),
            interactions: BTreeMap::new(),
            commands: BTreeMap::new(),
            creates: 0,
            written: HashMap::new(),
            overruns: 0,
            calls: Vec::new(),
            bodies: Vec::new(),
            complaints: Vec::new(),
            delay: None,
            faults: Vec::new(),
            leads_to: None,
            last: 0,
        }
    }

    /// Nothing goes wrong any more.
    pub(crate) fn calm(&mut self) {
        self.faults.clear();
    }

    /// A new id: later ones are larger.
    pub(super) fn id(&mut self) -> u64 {
        let milliseconds = BEGAN - EPOCH + self.now.as_millis() as u64;
        self.last = (milliseconds << 22).max(self.last + 1);
        self.last
    }

    pub(crate) fn guild_ids(&self) -> Vec<u64> {
        self.guilds.keys().copied().collect()
    }

    pub(crate) fn bot_user(&self) -> Value {
        json!({"id": self.bot.to_string(), "username": self.bot_name, "discriminator": "0", "bot": true, "avatar": null})
    }

    pub(super) fn user(&self, person: u64) -> Value {
        if person == self.bot {
            return self.bot_user();
        }
        json!({
            "id": person.to_string(), "username": self.people[&person].to_lowercase(), "discriminator": "0",
            "global_name": self.people[&person], "avatar": null,
        })
    }

    /// The roles that a person has in a server; `None` where they are not in it.
    pub(super) fn member(&self, guild: u64, person: u64) -> Option<Value> {
        let roles = self.guilds.get(&guild)?.members.get(&person)?;
        let roles: Vec<String> = roles.iter().map(u64::to_string).collect();
        Some(json!({
            "roles": roles, "nick": null, "joined_at": "2025-01-01T00:00:00+00:00", "deaf": false, "mute": false, "flags": 0,
        }))
    }

    /// A channel as Discord describes it.
    pub(super) fn channel(&self, id: u64) -> Option<Value> {
        let Channel { guild, kind, parent, name, with } = self.channels.get(&id)?;
        let mut described = json!({"id": id.to_string(), "type": kind});
        match (guild, with) {
            (Some(guild), _) => {
                described["guild_id"] = json!(guild.to_string());
                described["name"] = json!(name);
                described["parent_id"] = parent.map_or(Value::Null, |parent| json!(parent.to_string()));
            }
            (None, Some(person)) => described["recipients"] = json!([self.user(*person)]),
            (None, None) => {}
        }
        Some(described)
    }

    /// What is told of the servers that pass when a session begins.
    pub(crate) fn guild_creates(&self, passes: impl Fn(u64) -> bool) -> Vec<Value> {
        let ids = self.guilds.keys().copied().filter(|guild| passes(*guild));
        ids.map(|id| self.guild_create(id)).collect()
    }

    /// A server as Discord describes it to who asks for it.
    pub(super) fn guild(&self, id: u64) -> Option<Value> {
        let guild = self.guilds.get(&id)?;
        Some(json!({"id": id.to_string(), "name": guild.name, "roles": self.roles(guild)}))
    }

    fn roles(&self, guild: &Guild) -> Vec<Value> {
        let described = guild.roles.iter().map(|(role, name)| {
            let mut described = json!({"id": role.to_string(), "name": name, "permissions": "0"});
            if name == &self.bot_name {
                described["tags"] = json!({"bot_id": self.bot.to_string()});
            }
            described
        });
        described.collect()
    }

    fn guild_create(&self, id: u64) -> Value {
        let guild = &self.guilds[&id];
        let within = |threads: bool| -> Vec<Value> {
            let own = self.channels.iter().filter(|(_, channel)| channel.guild == Some(id));
            let own = own.filter(|(_, channel)| matches!(channel.kind, 10..=12) == threads);
            own.filter_map(|(channel, _)| self.channel(*channel)).collect()
        };
        json!({
            "id": id.to_string(), "name": guild.name, "unavailable": false, "large": false,
            "member_count": guild.members.len(), "roles": self.roles(guild),
            "channels": within(false), "threads": within(true), "members": [], "emojis": [], "presences": [],
        })
    }
}
