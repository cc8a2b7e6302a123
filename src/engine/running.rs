//! Which sessions have a turn running, and the queue of those that wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::session::SessionKey;

/// One turn at a time per session; commands never wait here.
#[derive(Default)]
pub(super) struct Running {
    sessions: Mutex<HashMap<SessionKey, Arc<AsyncMutex<()>>>>,
}

/// The right to run a turn. Given back when it is dropped.
pub(super) struct Slot<'a> {
    running: &'a Running,
    key: SessionKey,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Running {
    /// Waits until no other turn of the session runs.
    pub(super) async fn slot(&self, key: &SessionKey) -> Slot<'_> {
        let session = self.sessions().entry(key.clone()).or_default().clone();
        Slot { running: self, key: key.clone(), guard: Some(session.lock_owned().await) }
    }

    /// Whether a turn of the session runs now.
    pub(super) fn is_running(&self, key: &SessionKey) -> bool {
        self.sessions().get(key).is_some_and(|session| session.try_lock().is_err())
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<SessionKey, Arc<AsyncMutex<()>>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.guard = None;
        let mut sessions = self.running.sessions();
        // The map's own handle is the last one: nobody waits, so the entry would only take up room.
        if sessions.get(&self.key).is_some_and(|session| Arc::strong_count(session) == 1) {
            sessions.remove(&self.key);
        }
    }
}
