#![doc = include_str!("../README.md")]

mod command;
mod conversation;
mod handler;
mod inbound;
mod mention;
mod reply;

pub use command::{Audience, CommandEntry};
pub use conversation::{Conversation, Kind, Thread, UnknownKind};
pub use handler::{BoxFuture, Handler, Outbox, OutboxError, Withdrawal};
pub use inbound::{Event, Inbound, Sender};
pub use mention::without_mention;
pub use reply::{Block, Choice, Placement, Reply, Span, Visibility};
