#![doc = include_str!("../README.md")]

mod inbound;
mod inbox;
mod menu;
mod options;
mod state;

pub use inbox::{Inbox, InboxFault, Kept, Received, Resumed};
pub use options::{Delivery, Options, Webhook};
pub use state::{Link, State};
