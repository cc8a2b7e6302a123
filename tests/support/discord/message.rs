//! Messages.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::discord::{World, described};

/// One message.
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) channel: u64,
    pub(super) author: u64,
    /// `content`, `embeds` and `components`.
    pub(super) body: Value,
    /// Who alone sees it.
    pub(super) only_for: Option<u64>,
    /// Whether it is still the sign of thinking.
    pub(super) is_thinking: bool,
    pub(super) is_gone: bool,
    pub(super) answers: Option<u64>,
    pub(super) nonce: Option<String>,
    pub(super) at: Duration,
}

impl World {
    /// Puts a message into a channel; everybody who sees it is told.
    pub(super) fn post(&mut self, channel: u64, author: u64, body: Value, answers: Option<u64>) -> u64 {
        let id = self.id();
        let at = self.now;
        let nonce = body["nonce"].as_str().map(str::to_owned);
        let (only_for, is_thinking) = (None, false);
        self.messages.push(Message {
            id,
            channel,
            author,
            body,
            only_for,
            is_thinking,
            is_gone: false,
            answers,
            nonce,
            at,
        });
        self.tell_of(id, "MESSAGE_CREATE");
        id
    }

    pub(super) fn tell_of(&mut self, id: u64, event: &str) {
        let told = self.told(id, true);
        let guild = self.channels[&self.message(id).channel].guild;
        self.emit(guild, event, told);
    }

    pub(super) fn message(&self, id: u64) -> &Message {
        self.messages.iter().find(|message| message.id == id).expect("there is such a message")
    }

    /// A message that everybody sees in that channel.
    pub(super) fn in_channel(&self, channel: u64, id: u64) -> Option<&Message> {
        let is_it = |message: &&Message| message.id == id && message.channel == channel;
        self.messages.iter().find(is_it).filter(|message| !message.is_gone && message.only_for.is_none())
    }

    pub(super) fn message_mut(&mut self, id: u64) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.id == id && !message.is_gone)
    }

    /// A message as Discord writes it: over the gateway with its server and its member, over REST without.
    pub(super) fn told(&self, id: u64, over_gateway: bool) -> Value {
        let message = self.message(id);
        let content = message.body["content"].as_str().unwrap_or_default();
        let bot = format!("<@{}>", self.bot);
        let roles = self.channels[&message.channel].guild.map_or(&[][..], |guild| &self.guilds[&guild].roles[..]);
        let mentioned = roles.iter().filter(|(role, _)| content.contains(&format!("<@&{role}>")));
        let mentioned: Vec<String> = mentioned.map(|(role, _)| role.to_string()).collect();
        let mentions = if content.contains(&bot) { json!([self.bot_user()]) } else { json!([]) };
        let mut told = json!({
            "id": id.to_string(), "channel_id": message.channel.to_string(), "type": 0, "content": content,
            "timestamp": "2026-11-20T12:00:00+00:00", "edited_timestamp": null, "tts": false, "pinned": false,
            "mention_everyone": false, "mentions": mentions, "mention_roles": mentioned, "attachments": [],
            "embeds": described::embeds(&message.body["embeds"]),
            "components": described::components(&message.body["components"]), "flags": if message.only_for.is_some() { 64 } else { 0 },
        });
        told["author"] = self.user(message.author);
        if message.author == 0 {
            told["webhook_id"] = told["author"]["id"].clone();
        }
        if let Some(answered) = message.answers {
            told["type"] = json!(19);
            told["message_reference"] = json!({
                "type": 0, "message_id": answered.to_string(), "channel_id": message.channel.to_string(),
            });
            let mut before = self.told(answered, false);
            // Only one of them is told.
            before.as_object_mut().unwrap().remove("referenced_message");
            told["referenced_message"] = before;
        }
        let channel = &self.channels[&message.channel];
        if over_gateway && let Some(guild) = channel.guild {
            told["guild_id"] = json!(guild.to_string());
            if let Some(member) = self.member(guild, message.author) {
                told["member"] = member;
            }
        }
        if over_gateway {
            told["channel_type"] = json!(channel.kind);
        }
        told
    }
}
