//! Interactions: forms that were filled in, presses, and words that are being typed into a form.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::discord::World;

/// How soon an interaction has to be acknowledged, and how long it can be answered.
const ACKNOWLEDGE: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_mins(15);

/// Discord's numbers for them.
pub(super) const COMMAND: u64 = 2;
pub(super) const COMPONENT: u64 = 3;
pub(super) const COMPLETION: u64 = 4;

/// One interaction.
pub(super) struct Interaction {
    pub(super) token: String,
    pub(super) kind: u64,
    pub(super) person: u64,
    pub(super) channel: u64,
    at: Duration,
    /// When it was acknowledged.
    pub(super) acknowledged: Option<Duration>,
    /// The message that stands for the answer: the sign of thinking, or the one whose button was pressed.
    pub(super) original: Option<u64>,
    /// What was said after that.
    follow_ups: Vec<u64>,
    pub(super) proposals: Option<Vec<(String, String)>>,
}

/// What Discord says to a request that it does not carry out: the status, its number for it, and its words.
pub(super) type Refusal = (u16, u64, &'static str);

pub(super) const UNKNOWN_INTERACTION: Refusal = (404, 10_062, "Unknown interaction");
pub(super) const ALREADY: Refusal = (400, 40_060, "Interaction has already been acknowledged.");
pub(super) const UNKNOWN_WEBHOOK: Refusal = (404, 10_015, "Unknown Webhook");
pub(super) const UNKNOWN_MESSAGE: Refusal = (404, 10_008, "Unknown Message");

impl World {
    /// Somebody does something; the bot is told. Returns the number of it.
    pub(super) fn interact(&mut self, person: u64, channel: u64, kind: u64, data: Value, message: Option<u64>) -> u64 {
        let id = self.id();
        let token = format!("TEST-interaction-{id:x}-{}", "0123456789abcdef".repeat(4));
        let guild = self.channels[&channel].guild;
        let mut told = json!({
            "id": id.to_string(), "application_id": self.application.to_string(), "type": kind, "token": token,
            "version": 1, "data": data, "channel_id": channel.to_string(), "channel": self.channel(channel),
            "locale": "en-US", "entitlements": [], "authorizing_integration_owners": {}, "attachment_size_limit": 1,
            "app_permissions": "0", "context": u8::from(guild.is_none()),
        });
        if let Some(guild) = guild {
            let mut member = self.member(guild, person).expect("the person is in the server");
            member["user"] = self.user(person);
            member["permissions"] = json!("0");
            told["guild_id"] = json!(guild.to_string());
            told["member"] = member;
        } else {
            told["user"] = self.user(person);
        }
        if let Some(message) = message {
            told["message"] = self.told(message, false);
        }
        let interaction = Interaction {
            token,
            kind,
            person,
            channel,
            at: self.now,
            acknowledged: None,
            original: message,
            follow_ups: Vec::new(),
            proposals: None,
        };
        self.interactions.insert(id, interaction);
        self.emit(guild, "INTERACTION_CREATE", told);
        id
    }

    /// `POST /interactions/{id}/{token}/callback`.
    pub(super) fn callback(&mut self, id: u64, token: &str, body: &Value) -> Result<(), Refusal> {
        let now = self.now;
        let Some(found) = self.interactions.get_mut(&id).filter(|found| found.token == token) else {
            return Err(UNKNOWN_INTERACTION);
        };
        if found.acknowledged.is_some() {
            return Err(ALREADY);
        }
        if now > found.at + ACKNOWLEDGE {
            return Err(UNKNOWN_INTERACTION);
        }
        let (kind, channel, person) = (found.kind, found.channel, found.person);
        match (kind, body["type"].as_u64()) {
            (COMMAND | COMPONENT, Some(5)) => {
                found.acknowledged = Some(now);
                let only_for = (body["data"]["flags"].as_u64() == Some(64)).then_some(person);
                let thinking = self.post_for(channel, json!({}), only_for);
                self.message_mut(thinking).unwrap().is_thinking = true;
                self.interactions.get_mut(&id).unwrap().original = Some(thinking);
            }
            (COMPONENT, Some(6)) => found.acknowledged = Some(now),
            (COMPLETION, Some(8)) => {
                let choices = body["data"]["choices"].as_array().cloned().unwrap_or_default();
                let text = |choice: &Value, name: &str| choice[name].as_str().unwrap_or_default().to_owned();
                let fits = |text: &str| (1..=100).contains(&text.chars().count());
                let proposals: Vec<_> =
                    choices.iter().map(|choice| (text(choice, "name"), text(choice, "value"))).collect();
                let all_fit = proposals.iter().all(|(name, value)| fits(name) && fits(value));
                if proposals.len() > 25 || !all_fit {
                    self.complaints.push(format!("proposals that Discord does not take: {proposals:?}"));
                    return Err((400, 50_035, "Invalid Form Body"));
                }
                found.acknowledged = Some(now);
                found.proposals = Some(proposals);
            }
            (_, other) => {
                self.complaints.push(format!("an interaction of type {kind} was answered with {other:?}"));
                return Err((400, 50_035, "Invalid Form Body"));
            }
        }
        Ok(())
    }

    /// The number of the last one, and what lets answer it.
    pub(crate) fn last_interaction(&self) -> (u64, String) {
        let (id, last) = self.interactions.last_key_value().expect("there was one");
        (*id, last.token.clone())
    }

    /// The interaction that `token` lets answer, while it can be.
    pub(super) fn answerable(&self, token: &str) -> Result<u64, Refusal> {
        let found = self.interactions.iter().find(|(_, found)| found.token == token);
        match found {
            Some((id, found)) if found.acknowledged.is_some() && self.now <= found.at + ANSWER => Ok(*id),
            Some((_, found)) if found.acknowledged.is_some() => Err((401, 50_027, "Invalid Webhook Token")),
            Some(_) | None => Err(UNKNOWN_WEBHOOK),
        }
    }

    /// `POST /webhooks/{application}/{token}`: the first one takes the place of the sign of thinking, with who sees it.
    pub(super) fn follow_up(&mut self, id: u64, body: Value) -> u64 {
        let (channel, person, original) = {
            let found = &self.interactions[&id];
            (found.channel, found.person, found.original)
        };
        if let Some(thinking) = original
            && let Some(message) = self.message_mut(thinking)
            && message.is_thinking
        {
            message.body = body;
            message.is_thinking = false;
            return thinking;
        }
        let only_for = (body["flags"].as_u64() == Some(64)).then_some(person);
        let message = self.post_for(channel, body, only_for);
        self.interactions.get_mut(&id).expect("it is there").follow_ups.push(message);
        message
    }

    /// Whether a message was said in answer to an interaction.
    pub(super) fn is_answer_to(&self, message: u64, interaction: u64) -> bool {
        let found = &self.interactions[&interaction];
        found.original == Some(message) || found.follow_ups.contains(&message)
    }

    /// A message of the bot's, to one person or to all.
    fn post_for(&mut self, channel: u64, body: Value, only_for: Option<u64>) -> u64 {
        if only_for.is_none() {
            return self.post(channel, self.bot, body, None);
        }
        let id = self.id();
        let (author, at) = (self.bot, self.now);
        self.messages.push(crate::support::discord::message::Message {
            id,
            channel,
            author,
            body,
            only_for,
            is_thinking: false,
            is_gone: false,
            answers: None,
            nonce: None,
            at,
        });
        id
    }
}
