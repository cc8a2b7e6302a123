//! The configuration: where it is, what it says, and the environment beside it.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod environment;
mod files;
mod places;
mod values;
