//! What was written while a session had ended and the next had not begun: Discord does not tell that by itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use modelpin_delivery::Inbox;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serenity::model::id::ChannelId;
use tokio::time::{Instant, sleep};

use crate::Clock;
use crate::api::{self, Fault};
use crate::line::Line;

/// Of how many channels it is known what was heard last.
const CHANNELS: usize = 64;

/// How old something may be that is answered all the same.
const OLDEST: Duration = Duration::from_hours(1);

/// How many messages of a channel are asked for.
const MESSAGES: u8 = 100;

/// How often it is written what was heard last.
const EVERY: Duration = Duration::from_secs(5);

/// When Discord's ids begin, in milliseconds since 1970.
const EPOCH: u64 = 1_420_070_400_000;

/// What one shard has heard last, channel by channel.
pub(crate) struct CatchUp {
    name: String,
    clock: Clock,
    channels: Vec<Last>,
    written: Option<Instant>,
    changed: bool,
}

/// The last message that was heard in a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Last {
    channel: u64,
    server: Option<u64>,
    message: u64,
}

impl CatchUp {
    /// What a former run of the shard has heard.
    pub(crate) async fn recall(inbox: &dyn Inbox, shard: u32, total: u32, clock: Clock) -> Self {
        // With another number of shards, the channels are dealt out otherwise.
        let name = format!("heard:{shard}/{total}");
        let channels = inbox.recall(&name).await.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Self { name, clock, channels, written: None, changed: false }
    }

    /// Notes a message that was heard; what is no message has no content.
    pub(crate) fn heard(&mut self, data: &Value) {
        let id = |name: &str| data[name].as_str().and_then(|id| id.parse::<u64>().ok());
        let (Some(message), Some(channel), true) = (id("id"), id("channel_id"), data.get("content").is_some()) else {
            return;
        };
        let before = self.channels.iter().position(|last| last.channel == channel);
        let latest = before.map_or(message, |at| self.channels.remove(at).message.max(message));
        self.channels.push(Last { channel, server: id("guild_id"), message: latest });
        let over = self.channels.len().saturating_sub(CHANNELS);
        self.channels.drain(..over);
        self.changed = true;
    }

    /// The messages that were written since, in the order in which they were written in each channel, as the gateway would
    /// have told them.
    pub(crate) async fn missed(&self, line: &Line) -> Vec<Value> {
        let now = u64::try_from(self.clock.now().as_millis()).unwrap_or(u64::MAX);
        let oldest =
            now.saturating_sub(u64::try_from(OLDEST.as_millis()).unwrap_or(u64::MAX)).saturating_sub(EPOCH) << 22;
        let mut missed = Vec::new();
        let mut members = HashMap::new();
        for last in &self.channels {
            let after = last.message.max(oldest);
            for mut message in self.messages(line, last, after).await {
                if let Some(server) = last.server {
                    message["guild_id"] = Value::from(server.to_string());
                    let author = message["author"]["id"].as_str().and_then(|id| id.parse().ok());
                    let is_of_a_person = message["author"]["bot"] != true && message.get("webhook_id").is_none();
                    if let (Some(author), true) = (author, is_of_a_person) {
                        let known = match members.entry((server, author)) {
                            Entry::Occupied(known) => known.into_mut(),
                            Entry::Vacant(place) => place.insert(member(line, server, author).await),
                        };
                        if let Some(member) = known {
                            message["member"] = Value::clone(member);
                        }
                    }
                }
                missed.push(message);
            }
        }
        if !missed.is_empty() {
            tracing::info!(
                account = line.account,
                messages = missed.len(),
                "messages that were missed are caught up on"
            );
        }
        missed
    }

    async fn messages(&self, line: &Line, last: &Last, after: u64) -> Vec<Value> {
        for _ in 0..3 {
            match api::messages_after(&*line.api, ChannelId::new(last.channel), after, MESSAGES).await {
                Ok(messages) => return messages,
                Err(Fault::Busy(wait)) => sleep(wait).await,
                Err(Fault::Passing(_)) => sleep(Duration::from_secs(1)).await,
                Err(fault @ Fault::Refused { .. }) => {
                    tracing::debug!(account = line.account, why = %fault, "what was missed in a channel is not told");
                    break;
                }
            }
        }
        Vec::new()
    }

    /// Writes what was heard last, if that is long enough ago.
    pub(crate) async fn write_if_due(&mut self, inbox: &dyn Inbox) {
        if self.written.is_none_or(|at| at.elapsed() >= EVERY) {
            self.write(inbox).await;
        }
    }

    /// Writes what was heard last.
    pub(crate) async fn write(&mut self, inbox: &dyn Inbox) {
        if !self.changed {
            return;
        }
        let Ok(text) = serde_json::to_string(&self.channels) else { return };
        inbox.remember(&self.name, text).await;
        (self.written, self.changed) = (Some(Instant::now()), false);
    }
}

/// What a person is in a server, as far as that can be had: without it, nobody is let in for a role.
async fn member(line: &Line, server: u64, person: u64) -> Option<Value> {
    for _ in 0..2 {
        match api::member(&*line.api, server, person).await {
            Ok(member) => return Some(member),
            Err(Fault::Busy(wait)) => sleep(wait).await,
            Err(Fault::Passing(_) | Fault::Refused { .. }) => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests;
