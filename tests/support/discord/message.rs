//! Messages.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::discord::World;

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
        self.tell_of(id);
        id
    }

    fn tell_of(&mut self, id: u64) {
        let told = self.told(id, true);
        let guild = self.channels[&self.message(id).channel].guild;
        self.emit(guild, "MESSAGE_CREATE", told);
    }

    pub(super) fn message(&self, id: u64) -> &Message {
        self.messages.iter().find(|message| message.id == id).expect("there is such a message")
    }

    pub(super) fn message_mut(&mut self, id: u64) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.id == id && !message.is_gone)
    }

    /// A message as Discord writes it: over the gateway with its server and its member, over REST without.
    pub(super) fn told(&self, id: u64, over_gateway: bool) -> Value {
        let message = self.message(id);
        let content = message.body["content"].as_str().unwrap_or_default();
        let bot = format!("<@{}>", self.bot);
        let mentions = if content.contains(&bot) { json!([self.bot_user()]) } else { json!([]) };
        let list = |name: &str| if message.body[name].is_array() { message.body[name].clone() } else { json!([]) };
        let mut told = json!({
            "id": id.to_string(), "channel_id": message.channel.to_string(), "type": 0, "content": content,
            "timestamp": "2026-11-20T12:00:00+00:00", "edited_timestamp": null, "tts": false, "pinned": false,
            "mention_everyone": false, "mentions": mentions, "mention_roles": [], "attachments": [],
            "embeds": list("embeds"), "components": list("components"), "flags": if message.only_for.is_some() { 64 } else { 0 },
        });
        told["author"] = if message.author == 0 {
            told["webhook_id"] = json!("77");
            json!({"id": "77", "username": "a hook", "discriminator": "0000", "bot": true, "avatar": null})
        } else if message.author == 1 {
            json!({"id": "78", "username": "another bot", "discriminator": "0", "bot": true, "avatar": null})
        } else {
            self.user(message.author)
        };
        if let Some(answered) = message.answers {
            told["type"] = json!(19);
            told["message_reference"] = json!({"type": 0, "message_id": answered.to_string()});
            told["referenced_message"] = self.told(answered, false);
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
