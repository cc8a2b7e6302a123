//! One binary for all integration tests: one link, one process, shared support.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod store {
    mod contract;
    mod crash;
    mod damage;
    mod files;
    mod full;
    mod import;
    mod processes;
    mod support;
}
