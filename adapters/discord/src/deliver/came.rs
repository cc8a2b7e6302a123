//! What was read from the gateway and is to be kept.

use serde_json::Value;

use crate::acknowledge::Acknowledgement;
use crate::inbound::Said;

/// What was read from the gateway and is to be kept.
pub(crate) struct Came {
    pub(super) what: What,
    run: u64,
    sequence: u64,
}

pub(super) enum What {
    /// Somebody did something.
    Heard { event: String, data: Value, said: Box<Said>, acknowledgement: Option<Acknowledgement> },
    /// Somebody wrote something, and where is not known yet.
    Unplaced { event: String, data: Value },
    /// A session began: something may have been written before.
    CatchUp,
}

impl Came {
    pub(super) fn heard(event: &str, data: Value, said: Said, acknowledgement: Option<Acknowledgement>) -> Self {
        Self::of(What::Heard { event: event.to_owned(), data, said: Box::new(said), acknowledgement })
    }

    pub(super) fn unplaced(event: &str, data: Value) -> Self {
        Self::of(What::Unplaced { event: event.to_owned(), data })
    }

    pub(crate) fn catch_up() -> Self {
        Self::of(What::CatchUp)
    }

    /// With its place: in which session, and in the order of that.
    pub(crate) fn at(self, run: u64, sequence: u64) -> Self {
        Self { run, sequence, ..self }
    }

    pub(super) fn place(&self) -> (u64, u64) {
        (self.run, self.sequence)
    }

    fn of(what: What) -> Self {
        Self { what, run: 0, sequence: 0 }
    }
}
