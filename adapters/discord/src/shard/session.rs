//! The session at Discord's gateway, kept over a restart.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use modelpin_delivery::Inbox;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::shard::Reach;
use crate::shard::progress::Progress;

/// How often it is written how far a session was read.
const EVERY: Duration = Duration::from_secs(5);

/// A session that can be resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// What Discord calls it.
    pub(crate) id: String,
    /// Where it can be resumed.
    pub(crate) url: String,
    /// The last event of it that was dealt with.
    pub(crate) sequence: u64,
}

/// What is written: a session, and what it was opened with. With anything else it cannot be resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    session: Kept,
    total: u32,
    intents: u64,
}

/// Where the session of one shard is kept.
pub(crate) struct Keeper {
    inbox: Arc<dyn Inbox>,
    name: String,
    total: u32,
    intents: u64,
    progress: Arc<Progress>,
    written: Mutex<Option<Kept>>,
}

impl Keeper {
    pub(crate) fn new(inbox: Arc<dyn Inbox>, shard: u32, reach: &Reach, progress: Arc<Progress>) -> Self {
        let (total, intents) = (reach.total, reach.intents.bits());
        Self { inbox, name: format!("session:{shard}"), total, intents, progress, written: Mutex::default() }
    }

    /// The session of a former run.
    pub(crate) async fn recall(&self) -> Option<Kept> {
        let text = self.inbox.recall(&self.name).await?;
        let Note { session, total, intents } = serde_json::from_str(&text).ok()?;
        if (total, intents) != (self.total, self.intents) {
            return None;
        }
        self.progress.go_on(session.clone());
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = Some(session.clone());
        Some(session)
    }

    /// Writes how far it has come, every few seconds.
    pub(crate) async fn write_now_and_then(&self) -> Infallible {
        loop {
            sleep(EVERY).await;
            self.write().await;
        }
    }

    /// Writes how far it has come.
    pub(crate) async fn write(&self) {
        let Some(session) = self.progress.session() else { return };
        if self.written.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(&session) {
            return;
        }
        let note = Note { session: session.clone(), total: self.total, intents: self.intents };
        let Ok(text) = serde_json::to_string(&note) else { return };
        self.inbox.remember(&self.name, text).await;
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
    }
}
