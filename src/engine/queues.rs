//! One queue for each session that has something to wait for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::meter;
use crate::session::SessionKey;

/// Queues by session; one that nobody stands in takes up no room.
#[derive(Default)]
pub(super) struct Queues {
    sessions: Mutex<HashMap<SessionKey, Arc<AsyncMutex<()>>>>,
    /// Whether it is told how long they are.
    is_measured: bool,
}

/// The place at the front of a queue. Given up when it is dropped.
pub(super) struct Place {
    queues: Arc<Queues>,
    key: SessionKey,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Queues {
    /// Queues of whose length is told.
    pub(super) fn measured() -> Self {
        Self { is_measured: true, ..Self::default() }
    }

    /// Waits until those who came before are done. Who came before is decided by when this was first polled.
    pub(super) async fn place(self: &Arc<Self>, key: &SessionKey) -> Place {
        let session = self.sessions().entry(key.clone()).or_default().clone();
        // It is there before the wait, so that a wait that is given up leaves nothing behind either.
        self.measure();
        let mut place = Place { queues: Arc::clone(self), key: key.clone(), guard: None };
        place.guard = Some(session.lock_owned().await);
        place
    }

    /// Whether somebody is at the front now.
    pub(super) fn is_taken(&self, key: &SessionKey) -> bool {
        self.sessions().get(key).is_some_and(|session| session.try_lock().is_err())
    }

    /// How many sessions have something that runs or waits, where that is measured.
    fn measure(&self) {
        if self.is_measured {
            meter::running(self.sessions().len());
        }
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<SessionKey, Arc<AsyncMutex<()>>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.guard = None;
        let mut sessions = self.queues.sessions();
        // The map's own handle is the last one: nobody waits, so the entry would only take up room.
        if sessions.get(&self.key).is_some_and(|session| Arc::strong_count(session) == 1) {
            sessions.remove(&self.key);
        }
        drop(sessions);
        self.queues.measure();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::Queues;
    use crate::engine::gate::begun;

    #[tokio::test(start_paused = true)]
    async fn an_empty_queue_is_forgotten_however_it_became_empty() {
        let queues = Arc::new(Queues::default());
        let key = "agent:main:telegram:default:dm:1".parse().unwrap();
        let first = queues.place(&key).await;
        assert!(queues.is_taken(&key));
        let second = tokio::time::timeout(Duration::from_secs(1), queues.place(&key)).await;
        assert!(second.is_err() && queues.is_taken(&key));
        drop(first);
        assert!(queues.sessions().is_empty());

        let first = queues.place(&key).await;
        {
            let given_up = tokio::time::timeout(Duration::from_secs(1), queues.place(&key));
            tokio::pin!(given_up);
            assert!(begun(given_up.as_mut()).await.is_none());
            drop(first);
            assert!(!queues.sessions().is_empty(), "somebody waits");
        }
        assert!(queues.sessions().is_empty());
    }
}
