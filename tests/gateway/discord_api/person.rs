//! What people do, in private chats with the bot.

use serde_json::{Value, json};

use super::{DiscordApi, user};

impl DiscordApi {
    /// Somebody writes to the bot.
    pub(crate) fn says(&self, token: &str, person: u64, text: &str) {
        let message = json!({
            "id": self.shared.number().to_string(), "channel_id": chat(person), "type": 0, "content": text,
            "author": user(person, "ann", false), "timestamp": "2026-01-01T00:00:00.000000+00:00",
            "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [],
            "attachments": [], "embeds": [], "pinned": false,
        });
        self.happens(token, "MESSAGE_CREATE", message);
    }

    /// Somebody fills in a command of the bot's, and one of its subcommands with these options.
    pub(crate) fn fills_in(&self, token: &str, person: u64, command: &str, subcommand: &str, options: &[(&str, &str)]) {
        let options: Vec<Value> =
            options.iter().map(|(name, value)| json!({"name": name, "type": 3, "value": value})).collect();
        let subcommand = json!([{"name": subcommand, "type": 1, "options": options}]);
        let (bot, number) = (self.shared.bots.lock().unwrap()[token].id, self.shared.number());
        let interaction = json!({
            "id": number.to_string(), "application_id": bot.to_string(), "type": 2, "version": 1,
            "token": format!("{bot}-{number}"), "locale": "en-US", "channel_id": chat(person),
            "channel": {"id": chat(person), "type": 1}, "user": user(person, "ann", false), "context": 1,
            "authorizing_integration_owners": {"0": "0"}, "entitlements": [], "attachment_size_limit": 10_485_760,
            "data": {"id": "9", "name": command, "type": 1, "options": subcommand},
        });
        self.happens(token, "INTERACTION_CREATE", interaction);
    }

    fn happens(&self, token: &str, name: &'static str, data: Value) {
        self.shared.bots.lock().unwrap().get_mut(token).unwrap().events.push((name, data));
        self.shared.changed.notify_waiters();
    }
}

/// The private chat with a person.
fn chat(person: u64) -> String {
    (person + 1_000_000_000).to_string()
}
