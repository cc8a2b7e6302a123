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
    Heard(Box<Hand>),
    /// A session began: something may have been written before.
    CatchUp,
}

/// What somebody did, with all that is needed to hand it over as often as it takes.
#[derive(Clone)]
pub(super) struct Hand {
    pub(super) event: String,
    pub(super) data: Value,
    /// What the engine is given; `None` as long as it is not known where it happened.
    pub(super) said: Option<Said>,
    pub(super) acknowledgement: Option<Acknowledgement>,
}

impl Came {
    pub(super) fn heard(hand: Hand) -> Self {
        Self::of(What::Heard(Box::new(hand)))
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
