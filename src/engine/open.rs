//! The events that are being handled now.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use modelpin_chat::Inbound;
use tokio::sync::Notify;

use crate::session::{EventId, Session};

/// The events that are being handled now, each with how often: none of them is known to be dealt with.
#[derive(Default)]
pub(super) struct Open {
    events: Mutex<HashMap<EventId, usize>>,
    /// One of them is dealt with.
    ended: Notify,
}

/// One of them, until it is dropped.
pub(super) struct Handling<'a> {
    open: &'a Open,
    event: Option<EventId>,
}

impl Open {
    /// Notes that `inbound` is being handled.
    pub(super) fn handling(&self, inbound: &Inbound) -> Handling<'_> {
        let event = EventId::of(inbound);
        if let Some(event) = &event {
            *self.events().entry(event.clone()).or_default() += 1;
        }
        Handling { open: self, event }
    }

    /// Whether that event is being handled.
    pub(super) fn contains(&self, event: &EventId) -> bool {
        self.events().contains_key(event)
    }

    /// Waits until one of those that `session` carries is dealt with, if they are so many that it has no room for more.
    /// Says whether it had to wait.
    ///
    /// That is so where a platform lets nobody be told what was changed. What came is kept by whoever delivered it.
    pub(super) async fn wait_for_room(&self, session: &Session) -> bool {
        let mut waited = false;
        loop {
            // Listened for before it is looked, so that none ends unnoticed in between.
            let mut ended = pin!(self.ended.notified());
            ended.as_mut().enable();
            if !session.is_full(|event| self.contains(event)) {
                return waited;
            }
            waited = true;
            ended.await;
        }
    }

    fn events(&self) -> MutexGuard<'_, HashMap<EventId, usize>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Handling<'_> {
    fn drop(&mut self) {
        let Some(event) = &self.event else { return };
        let mut events = self.open.events();
        match events.get_mut(event) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                events.remove(event);
            }
        }
        drop(events);
        self.open.ended.notify_waiters();
    }
}
