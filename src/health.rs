//! Which credentials and models are benched, why, and until when.

mod bench;
mod failure;

pub use bench::{Bench, BenchScope};
pub use failure::FailureClass;
