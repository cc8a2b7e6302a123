//! Sessions: what a bot was told, in order, so that it can be told again.

use serde_json::{Value, json};

use crate::support::discord::World;
use crate::support::discord::gateway::{
    BETWEEN_IDENTIFIES, DIRECT_MESSAGES, GUILD_MEMBERS, GUILD_MESSAGES, GUILD_PRESENCES, GUILDS, KNOWN, MESSAGE_CONTENT,
};
use std::time::Duration;

/// One session of one shard.
pub(super) struct Session {
    /// Its number, and how many shards there are.
    shard: (u32, u32),
    intents: u64,
    /// What was told, from the first event on.
    frames: Vec<String>,
    /// The connection that it is told over.
    pub(super) socket: Option<u64>,
}

impl Session {
    pub(super) fn is_connected(&self) -> bool {
        self.socket.is_some()
    }

    /// What is told after the first `sent` events.
    pub(super) fn after(&self, sent: usize) -> &[String] {
        self.frames.get(sent..).unwrap_or_default()
    }

    /// How many events it was told.
    pub(super) fn told(&self) -> usize {
        self.frames.len()
    }

    fn covers(&self, guild: Option<u64>, event: &str) -> bool {
        let (number, total) = self.shard;
        let is_here = guild.map_or(number == 0, |guild| (guild >> 22) % u64::from(total) == u64::from(number));
        let wanted = match (event, guild) {
            (_, Some(_)) if event.starts_with("MESSAGE_") => GUILD_MESSAGES,
            (_, None) if event.starts_with("MESSAGE_") => DIRECT_MESSAGES,
            ("INTERACTION_CREATE", _) => 0,
            _ => GUILDS,
        };
        is_here && (wanted == 0 || self.intents & wanted != 0)
    }

    pub(super) fn tell(&mut self, event: &str, data: &Value) {
        let number = self.frames.len() + 1;
        self.frames.push(json!({"op": 0, "t": event, "s": number, "d": data}).to_string());
    }
}

/// Why somebody is not let in.
pub(super) enum NotLetIn {
    /// The connection is closed with that code.
    Closed(u16),
    /// The session is said to be none.
    Invalid,
}

impl World {
    /// Tells every session that covers it what has happened in a guild, or in private.
    pub(crate) fn emit(&mut self, guild: Option<u64>, event: &str, data: Value) {
        let stripped = if matches!(event, "MESSAGE_CREATE" | "MESSAGE_UPDATE") {
            self.without_what_is_secret(&data, guild)
        } else {
            None
        };
        for session in self.gateway.sessions.values_mut().filter(|session| session.covers(guild, event)) {
            match &stripped {
                Some(stripped) if session.intents & MESSAGE_CONTENT == 0 => session.tell(event, stripped),
                _ => session.tell(event, &data),
            }
        }
        self.gateway.wake();
    }

    /// A message as the bot may read it that is written in `channel`.
    pub(in super::super) fn readable(&self, data: &Value, channel: u64) -> Value {
        let guild = self.channels[&channel].guild;
        let stripped = if self.may_read { None } else { self.without_what_is_secret(data, guild) };
        stripped.unwrap_or_else(|| data.clone())
    }

    /// A message without what only those may read who may read all; `None` where anybody may: in private, and where the bot
    /// wrote it or is mentioned.
    fn without_what_is_secret(&self, data: &Value, guild: Option<u64>) -> Option<Value> {
        let bot = self.bot.to_string();
        let is_the_bot = |user: &Value| user["id"] == bot.as_str();
        let is_open = guild.is_none()
            || is_the_bot(&data["author"])
            || data["mentions"].as_array().is_some_and(|all| all.iter().any(is_the_bot));
        (!is_open).then(|| without_content(data))
    }

    /// Discord takes the token with its kind before it and without.
    fn is_token(&self, sent: &Value) -> bool {
        sent.as_str().is_some_and(|sent| sent.strip_prefix("Bot ").unwrap_or(sent) == self.token)
    }

    /// Begins a session for what was sent as `Identify`; its id.
    pub(super) fn identify(&mut self, identify: &Value, socket: u64, now: Duration) -> Result<String, NotLetIn> {
        if !self.is_token(&identify["token"]) {
            return Err(NotLetIn::Closed(4004));
        }
        let Some(intents) = identify["intents"].as_u64().filter(|intents| intents & !KNOWN == 0) else {
            return Err(NotLetIn::Closed(4013));
        };
        let privileged = GUILD_MEMBERS | GUILD_PRESENCES | if self.may_read { 0 } else { MESSAGE_CONTENT };
        if intents & privileged != 0 {
            return Err(NotLetIn::Closed(4014));
        }
        let part = |at: usize| identify["shard"][at].as_u64().and_then(|part| u32::try_from(part).ok());
        let shard = match (identify["shard"].is_null(), part(0), part(1)) {
            (true, _, _) => (0, 1),
            (false, Some(number), Some(total)) if number < total => (number, total),
            _ => return Err(NotLetIn::Closed(4010)),
        };
        if self.guilds.len() > self.gateway.servers_of_a_shard * shard.1 as usize {
            return Err(NotLetIn::Closed(4011));
        }
        if !["os", "browser", "device"].iter().all(|name| identify["properties"][name].is_string()) {
            return Err(NotLetIn::Closed(4002));
        }
        let place = shard.0 % self.gateway.max_concurrency;
        let too_early = self.gateway.last_identify.get(&place).is_some_and(|last| now < *last + BETWEEN_IDENTIFIES);
        if too_early || self.gateway.remaining == 0 {
            return Err(NotLetIn::Invalid);
        }
        self.gateway.last_identify.insert(place, now);
        self.gateway.remaining -= 1;
        self.gateway.identifies += 1;
        self.gateway.begun += 1;
        let id = format!("session{:08}", self.gateway.begun);
        // Whoever begins anew is told nothing by an older session of the same shard.
        self.gateway.sessions.retain(|_, session| session.shard != shard);
        let mut session = Session { shard, intents, frames: Vec::new(), socket: Some(socket) };
        let is_here = |guild: u64| (guild >> 22) % u64::from(shard.1) == u64::from(shard.0);
        let guilds: Vec<u64> = self.guild_ids().into_iter().filter(|guild| is_here(*guild)).collect();
        let unavailable: Vec<Value> =
            guilds.iter().map(|guild| json!({"id": guild.to_string(), "unavailable": true})).collect();
        let ready = json!({
            "v": 10,
            "user": self.bot_user(),
            "guilds": unavailable,
            "session_id": id,
            "resume_gateway_url": self.gateway.url(),
            "shard": [shard.0, shard.1],
            "application": {"id": self.application.to_string(), "flags": if self.may_read { 1 << 19 } else { 0 }},
            "private_channels": [],
        });
        session.tell("READY", &ready);
        if intents & GUILDS != 0 {
            for guild in self.guild_creates(is_here) {
                session.tell("GUILD_CREATE", &guild);
            }
        }
        self.gateway.sessions.insert(id.clone(), session);
        Ok(id)
    }

    /// Takes a session up again after the event that is named; its id and how much it was told by then.
    pub(super) fn resume(&mut self, resume: &Value, socket: u64) -> Result<(String, usize), NotLetIn> {
        if !self.is_token(&resume["token"]) {
            return Err(NotLetIn::Closed(4004));
        }
        let id = resume["session_id"].as_str().unwrap_or_default();
        let Some(session) = self.gateway.sessions.get_mut(id) else { return Err(NotLetIn::Invalid) };
        let sequence = resume["seq"].as_u64().and_then(|sequence| usize::try_from(sequence).ok());
        let Some(sent) = sequence.filter(|sequence| *sequence <= session.told()) else {
            return Err(NotLetIn::Closed(4007));
        };
        session.socket = Some(socket);
        session.tell("RESUMED", &json!({}));
        self.gateway.resumes += 1;
        Ok((id.to_owned(), sent))
    }
}

/// A message as somebody sees it who may not read messages.
fn without_content(data: &Value) -> Value {
    let mut stripped = data.clone();
    stripped["content"] = json!("");
    for list in ["embeds", "attachments", "components"] {
        stripped[list] = json!([]);
    }
    stripped
}
