#![doc = include_str!("../README.md")]

mod inbound;
mod inbox;
mod menu;
mod options;
#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "what sends the messages comes next"))]
mod outbound;
mod state;

pub use inbox::{Inbox, InboxFault, Kept, Received, Resumed};
pub use options::{Delivery, Options, Webhook};
pub use state::{Link, State};
