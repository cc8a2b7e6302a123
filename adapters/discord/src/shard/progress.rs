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
    /// Which session it is, counted: an earlier one has numbers of its own.
    run: u64,
    /// How many events wait to be kept.
    waiting: usize,
    /// The last one that was read and wants nothing, or was kept.
    read: u64,
}

impl Progress {
    /// A session begins, or goes on that a former run began. What waits of an earlier one does not come again.
    pub(crate) fn begin(&self, session: Kept) {
        let mut state = self.locked();
        state.run += 1;
        state.read = session.sequence;
        state.session = Some(session);
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

    /// So many were kept, the last of them at `sequence` of the session `run`.
    pub(crate) fn kept(&self, events: usize, run: u64, sequence: u64) {
        let mut state = self.locked();
        state.waiting = state.waiting.saturating_sub(events);
        if run == state.run {
            state.read = state.read.max(sequence);
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
    /// As long as something waits, the session stays where it was before: events come again from there.
    fn settle(&mut self) {
        if self.waiting == 0
            && let Some(session) = &mut self.session
        {
            session.sequence = session.sequence.max(self.read);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::Progress;
    use crate::shard::session::Kept;

    fn session(id: &str, sequence: u64) -> Kept {
        Kept { id: id.to_owned(), url: "wss://gateway.example".to_owned(), sequence }
    }

    #[test]
    fn it_is_never_ahead_of_what_is_kept() {
        let progress = Progress::default();
        assert_eq!(progress.session(), None);
        progress.begin(session("a", 1));
        let run = progress.enqueued();
        progress.enqueued();
        progress.read(4);
        assert_eq!(progress.session().unwrap().sequence, 1, "2 and 3 are not kept yet");
        progress.kept(1, run, 2);
        assert_eq!(progress.session().unwrap().sequence, 1, "3 is not");
        progress.kept(1, run, 3);
        assert_eq!(progress.session().unwrap().sequence, 4);
    }

    #[test]
    fn an_earlier_session_has_numbers_of_its_own() {
        let progress = Progress::default();
        progress.begin(session("a", 1));
        let earlier = progress.enqueued();
        progress.begin(session("b", 1));
        let later = progress.enqueued();
        progress.kept(1, earlier, 900);
        progress.kept(1, later, 2);
        assert_eq!(progress.session(), Some(session("b", 2)));
    }
}
