//! The events that are being handled now.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use modelpin_chat::Inbound;

use crate::session::EventId;

/// The events that are being handled now, each with how often: none of them is known to be dealt with.
#[derive(Default)]
pub(super) struct Open(Mutex<HashMap<EventId, usize>>);

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

    fn events(&self) -> MutexGuard<'_, HashMap<EventId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
    }
}
