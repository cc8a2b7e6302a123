//! How far a session has been read and kept.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::shard::session::Kept;

/// How far a session has been read, and how far of that has been kept: after a restart it is resumed from there, so that
/// nothing is missed that was read and not kept.
#[derive(Default)]
pub(crate) struct Progress(Mutex<State>);

#[derive(Default)]
struct State {
    /// The session that a next run can go on with.
    session: Option<Kept>,
    /// The one that has begun after it. It counts as soon as the first thing of it is kept, for that is what was missed
    /// between the two; everything that was read of the earlier one has been kept by then.
    next: Option<Kept>,
    /// Which session is read, counted: an earlier one has numbers of its own.
    run: u64,
    /// How many events wait to be kept.
    waiting: usize,
    /// The last one that was read and wants nothing, or was kept.
    read: u64,
}

impl Progress {
    /// A session goes on that a former run began.
    pub(crate) fn go_on(&self, session: Kept) {
        let mut state = self.locked();
        state.read = session.sequence;
        state.session = Some(session);
    }

    /// A session begins. What was missed before it MUST be enqueued next.
    pub(crate) fn begin(&self, session: Kept) {
        let mut state = self.locked();
        state.run += 1;
        state.read = session.sequence;
        state.next = Some(session);
    }

    /// An event was read that nothing is kept of.
    pub(crate) fn read(&self, sequence: u64) {
        let mut state = self.locked();
        state.read = state.read.max(sequence);
        state.settle();
    }

    /// One was read that is to be kept; in which session.
    pub(crate) fn enqueued(&self) -> u64 {
        let mut state = self.locked();
        state.waiting += 1;
        state.run
    }

    /// So many were kept, in the order in which they were enqueued, the last of them at `sequence` of the session `run`.
    pub(crate) fn kept(&self, events: usize, run: u64, sequence: u64) {
        let mut state = self.locked();
        state.waiting = state.waiting.saturating_sub(events);
        if run != state.run {
            return;
        }
        if let Some(next) = state.next.take() {
            state.session = Some(next);
        }
        state.read = state.read.max(sequence);
        if let Some(session) = &mut state.session {
            session.sequence = session.sequence.max(sequence);
        }
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
    /// Where nothing waits, all that was read is done with.
    fn settle(&mut self) {
        if self.waiting == 0
            && self.next.is_none()
            && let Some(session) = &mut self.session
        {
            session.sequence = session.sequence.max(self.read);
        }
    }
}

#[cfg(test)]
mod tests;
