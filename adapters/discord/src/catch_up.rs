//! What was written while a session had ended and the next had not begun: Discord does not tell that by itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use modelpin_chat::BoxFuture;
use modelpin_delivery::{BackOff, Inbox};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serenity::model::id::ChannelId;
use tokio::time::{Instant, sleep};

use crate::Clock;
use crate::api::{self, Fault};
use crate::inbound;
use crate::line::Line;

/// Of how many channels it is known what was heard last.
const CHANNELS: usize = 64;

/// How old something may be that is answered all the same.
const OLDEST: Duration = Duration::from_hours(1);

/// How many messages of a channel are asked for at once, which is the most that Discord tells, and how often.
const MESSAGES: u8 = 100;
const PAGES: usize = 5;

/// How long it is asked in all what was missed. Everything else that the shard is told waits meanwhile.
const PATIENCE: Duration = Duration::from_mins(2);

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

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
        let until = Instant::now() + PATIENCE;
        for last in &self.channels {
            let after = last.message.max(oldest);
            for mut message in messages(line, last.channel, after, until).await {
                if let Some(server) = last.server {
                    message["guild_id"] = Value::from(server.to_string());
                    let author = message["author"]["id"].as_str().and_then(|id| id.parse().ok());
                    let is_of_a_person = message["author"]["bot"] != true && message.get("webhook_id").is_none();
                    if let (Some(author), true) = (author, is_of_a_person) {
                        let known = match members.entry((server, author)) {
                            Entry::Occupied(known) => known.into_mut(),
                            Entry::Vacant(place) => {
                                let ask = || -> BoxFuture<'_, _> { Box::pin(api::member(&*line.api, server, author)) };
                                place.insert(asked(line, until, ask).await)
                            }
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

/// The messages of a channel that follow on `after`, as far as they are told until then.
async fn messages(line: &Line, channel: u64, mut after: u64, until: Instant) -> Vec<Value> {
    let mut all = Vec::new();
    for _ in 0..PAGES {
        let ask = || -> BoxFuture<'_, _> {
            Box::pin(api::messages_after(&*line.api, ChannelId::new(channel), after, MESSAGES))
        };
        let Some(page) = asked(line, until, ask).await else { break };
        let is_full = page.len() >= usize::from(MESSAGES);
        let latest = page.last().and_then(inbound::number);
        all.extend(page);
        match latest {
            Some(latest) if is_full => after = latest,
            _ => return all,
        }
    }
    tracing::warn!(account = line.account, channel, "not all that was missed in a channel is told");
    all
}

/// Asks until there is an answer, or it is too late; `None` also where Discord does not tell.
async fn asked<'a, T>(line: &Line, until: Instant, ask: impl Fn() -> BoxFuture<'a, Result<T, Fault>>) -> Option<T> {
    let mut waits = BackOff::up_to(LONGEST_WAIT);
    loop {
        let wait = match ask().await {
            Ok(answer) => return Some(answer),
            Err(Fault::Busy(wait)) => wait,
            Err(Fault::Passing(_)) => waits.longer(),
            Err(fault @ Fault::Refused { .. }) => {
                tracing::debug!(account = line.account, why = %fault, "something that was missed is not told");
                return None;
            }
        };
        if Instant::now() + wait >= until {
            return None;
        }
        sleep(wait).await;
    }
}

#[cfg(test)]
mod tests;
