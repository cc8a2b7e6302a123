#![doc = include_str!("../README.md")]

mod hidden;
mod interactive;
mod jsonl;
mod lines;
mod person;
mod signals;
mod visible;

pub use hidden::read_hidden;
pub use interactive::{History, Options, serve_interactive};
pub use jsonl::{Clean, serve_jsonl, serve_jsonl_stdio};
pub use person::{ACCOUNT, CHANNEL, OWNER};
pub use signals::{Signal, Signals};
pub use visible::visible;
