//! The wire formats and the loopback provider.

mod answers;
mod anthropic;
mod demo;
mod endpoint;
mod failures;
mod openai;
mod rig;
mod secrets;
