#![doc = include_str!("../README.md")]

mod commands;
mod fault;
mod identity;
mod options;
mod outbound;
mod serve;
mod way;

pub use fault::ServeFault;
pub use identity::Identity;
pub use options::{Options, Registration, Shards};
pub use serve::{check, serve};
