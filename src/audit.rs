//! Who changed what: one row per change, each bound to the one before it, so that a row that was edited or taken out is
//! found.
//!
//! A row tells who did it, from where, in which session, what was there before and after. It is written in the same step as
//! the change where both are in the state, and before the change where that is in a file.

mod chain;
mod describe;
mod entry;
mod verify;

pub use chain::{Head, Link};
pub(crate) use describe::change_of_choice;
pub use entry::{Demand, Entry, Kind, Surface};
pub use verify::{Flaw, Verdict, Verifier};
