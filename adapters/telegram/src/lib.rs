#![doc = include_str!("../README.md")]

mod admins;
mod api;
mod commands;
mod deliver;
mod identity;
mod inbound;
mod line;
mod menu;
mod options;
mod outbound;
mod outbox;
mod pace;
mod poll;
#[cfg(test)]
mod scripted;
mod serve;
mod webhook;

pub use admins::ADMIN;
pub use identity::Identity;
pub use options::{Delivery, Options, Webhook};
pub use serve::{ServeFault, announce, check, serve};
