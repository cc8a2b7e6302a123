//! How far a session has been read and kept.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::shard::session::Kept;

/// How far a session has been read, and how far of that has been kept: after a restart it is resumed from there, so that
/// nothing is missed that was read and not kept.
#[derive(Default)]
pub(crate) struct Progress(Mutex<State>);

#[derive(Default)]
struct State {
    session: Option<Kept>,
    /// How many events wait to be kept.
    waiting: usize,
    /// The last one that was read and wants nothing, or was kept.
    read: u64,
}

impl Progress {
    /// It goes on with the session of a former run.
    pub(crate) fn resume(&self, session: Kept) {
        let mut state = self.locked();
        state.read = session.sequence;
        state.session = Some(session);
    }

    /// A session begins. What waits of an earlier one does not come again.
    pub(crate) fn begin(&self, session: Kept) {
        self.resume(session);
    }

    /// An event was read that nothing is kept of.
    pub(crate) fn read(&self, sequence: u64) {
        let mut state = self.locked();
        state.read = state.read.max(sequence);
        state.settle();
    }

    /// One was read that is to be kept.
    pub(crate) fn enqueued(&self) {
        self.locked().waiting += 1;
    }

    /// So many were kept, the last of them at `sequence`.
    pub(crate) fn kept(&self, events: usize, sequence: u64) {
        let mut state = self.locked();
        state.waiting = state.waiting.saturating_sub(events);
        state.read = state.read.max(sequence);
        state.settle();
    }

    /// The session as it can be resumed; `None` where there is none.
    pub(crate) fn session(&self) -> Option<Kept> {
        self.locked().session.clone()
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// As long as something waits, the session stays where it was before: events come again from there.
    fn settle(&mut self) {
        if self.waiting == 0
            && let Some(session) = &mut self.session
        {
            session.sequence = session.sequence.max(self.read);
        }
    }
}
