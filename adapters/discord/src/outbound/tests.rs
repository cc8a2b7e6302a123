//! What is sent is what Discord takes, and all of what was said.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test stops at the first surprise")]

mod golden;
mod meant;
mod properties;
mod seen;
