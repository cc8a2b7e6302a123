//! One binary for all integration tests, so that they are linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod architecture;
mod cli;
mod support;
