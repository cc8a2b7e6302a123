//! The catalogue: what a typed name stands for.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod names;
mod problems;
mod profiles;
mod reading;
mod refusals;
