//! One binary for all integration tests: one link, one process, shared support.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise"
)]
#![allow(clippy::print_stdout, reason = "a test that skips itself says so aloud")]
#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "the fluent words of a test are for who reads them, and its files are its own"
)]

mod architecture;
mod catalog;
mod cli;
mod config;
mod contrib;
mod directive;
mod discord;
mod docs;
mod engine;
mod gateway;
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
mod telegram;
mod vault;
