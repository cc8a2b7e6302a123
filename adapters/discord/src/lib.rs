#![doc = include_str!("../README.md")]

mod directory;
mod fault;
mod identity;
mod inbound;
mod options;
mod serve;
mod snowflake;
mod way;

pub use fault::ServeFault;
pub use identity::Identity;
pub use options::{Options, Registration, Shards};
pub use serve::{check, serve};
