#![doc = include_str!("../README.md")]

mod command;
mod completion;
mod conversation;
mod handler;
mod inbound;
mod mention;
mod reply;
mod room;

pub use command::{Audience, CommandEntry, Form, Invocation, Parameter, ParameterKind, Subcommand};
pub use completion::{Completion, CompletionRequest};
pub use conversation::{Conversation, Kind, Thread, UnknownKind};
pub use handler::{BoxFuture, Handler, Outbox, OutboxError, Withdrawal};
pub use inbound::{Event, Inbound, Sender};
pub use mention::without_mention;
pub use reply::{Block, Choice, Placement, Reply, Span, Visibility};
pub use room::Room;
