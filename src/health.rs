//! Which credentials and models are benched, why, and until when.

mod bench;
mod failure;
mod rules;

pub use bench::{Bench, BenchScope, PROBE_INTERVAL, keeping_out};
pub use failure::FailureClass;
pub use rules::Strike;
