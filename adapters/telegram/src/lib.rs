#![doc = include_str!("../README.md")]

mod api;
mod back_off;
mod chats;
mod commands;
mod deliver;
mod identity;
mod inbound;
mod inbox;
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
mod standing;
mod state;
mod webhook;

pub use identity::Identity;
pub use inbox::{Inbox, InboxFault, Kept, Received, Resumed};
pub use options::{Delivery, Options, Webhook};
pub use serve::{ServeFault, check, serve};
pub use state::{Link, State};
