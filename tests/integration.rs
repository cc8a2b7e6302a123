//! One binary for all integration tests: one link, one process, shared support.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise"
)]

mod architecture;
mod catalog;
mod cli;
mod config;
mod contrib;
mod directive;
mod docs;
mod engine;
mod health;
mod keyshape;
mod oauth;
mod openclaw;
mod profile;
mod provider;
mod redact;
mod resolver;
mod store;
mod support;
