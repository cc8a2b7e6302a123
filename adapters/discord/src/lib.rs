#![doc = include_str!("../README.md")]

mod acknowledge;
mod api;
mod catch_up;
mod commands;
mod deliver;
mod directory;
mod fault;
mod identity;
mod inbound;
mod line;
mod options;
mod outbound;
mod outbox;
#[cfg(test)]
mod scripted;
mod serve;
mod shard;
mod snowflake;
mod way;

pub use fault::ServeFault;
pub use identity::Identity;
pub use options::{Clock, Options, Registration, Shards};
pub use serve::{announce, check, serve};
