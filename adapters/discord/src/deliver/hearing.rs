//! What is heard in an event, and finding out where it happened.

use std::sync::Arc;
use std::time::Duration;

use modelpin_chat::CommandEntry;
use modelpin_delivery::{BackOff, Lanes};
use serde_json::Value;
use tokio::time::sleep;

use crate::api::{self, Fault};
use crate::directory::{Directory, Missing};
use crate::inbound::{self, Heard, Me, Said, Unplaced};
use crate::line::Line;

/// How many things are asked for until it is known where something happened: a thread, its channel and its server.
const QUESTIONS: usize = 4;

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What has to be known to hear something in an event.
pub(super) struct Hearing {
    line: Arc<Line>,
    me: Me,
    commands: Vec<CommandEntry>,
    directory: Directory,
    /// Where it is asked what a channel is, what comes there later waits, so that it stays in order.
    placing: Lanes,
}

impl Hearing {
    pub(super) fn new(line: Arc<Line>, me: Me, commands: Vec<CommandEntry>) -> Self {
        Self { line, me, commands, directory: Directory::new(), placing: Lanes::default() }
    }

    /// Notes what an event tells of servers and channels.
    pub(super) fn note(&self, event: &str, data: &Value) {
        self.directory.note(event, data);
    }

    /// What is heard in an event, as far as that can be told at once.
    pub(super) fn hear(&self, event: &str, data: &Value) -> Option<Heard> {
        inbound::hear(event, data, &self.me, &self.line.account, &self.commands, &self.directory)
    }

    /// Waits until everything that came in `channel` before has been placed.
    pub(super) async fn in_order(&self, channel: u64) {
        // Not waiting where nobody waits: in a task that has done much, a wait for nothing still lets others go first.
        if self.placing.chance(channel).is_none() {
            drop(self.placing.turn(channel).await);
        }
    }

    /// What was said, once it is known where: that is asked for as long as it takes. `None` where Discord does not tell.
    pub(super) async fn place(&self, channel: u64, event: &str, data: &Value) -> Option<Said> {
        let _turn = match self.placing.chance(channel) {
            Some(turn) => turn,
            None => self.placing.turn(channel).await,
        };
        match self.learn(channel, event, data).await? {
            Heard::Said(said) => Some(*said),
            Heard::Unplaced(_) | Heard::Completion(_) | Heard::Stray(_) => None,
        }
    }

    /// What is heard in an event, once it is known where it happened. [`Heard::Unplaced`] where Discord does not tell.
    pub(super) async fn learn(&self, channel: u64, event: &str, data: &Value) -> Option<Heard> {
        for _ in 0..QUESTIONS {
            let Heard::Unplaced(Unplaced { missing, .. }) = self.hear(event, data)? else { break };
            if !self.ask(missing).await {
                // Where nothing can be said there is nothing to be heard; a name alone is no such loss.
                if missing == Missing::Channel(channel) {
                    break;
                }
                self.directory.untold(missing);
            }
        }
        let heard = self.hear(event, data)?;
        if let Heard::Unplaced(_) = heard {
            let account = &self.line.account;
            tracing::warn!(account, channel, "something is passed over, for it cannot be told what its channel is");
        }
        Some(heard)
    }

    /// Asks Discord what that is, until there is an answer; whether it is told.
    async fn ask(&self, missing: Missing) -> bool {
        let mut waits = BackOff::up_to(LONGEST_WAIT);
        loop {
            let answer = match missing {
                Missing::Channel(channel) => api::channel(&*self.line.api, channel).await,
                Missing::Server(server) => api::server(&*self.line.api, server).await,
            };
            match answer {
                Ok(described) => {
                    self.directory.learn(missing, &described);
                    return true;
                }
                Err(Fault::Busy(wait)) => sleep(wait).await,
                Err(Fault::Passing(_)) => sleep(waits.longer()).await,
                Err(fault @ Fault::Refused { .. }) => {
                    tracing::info!(account = self.line.account, ?missing, why = %fault, "Discord does not tell what that is");
                    return false;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
