//! The words a chat adapter and a chat engine share.
//!
//! An adapter turns what its platform delivers into an [`Inbound`] and hands it to a [`Handler`]; the handler
//! answers through the [`Outbox`] that came with it, in [`Reply`]s that each adapter renders within the limits of its
//! platform. Nothing here does I/O, has a dependency, or knows what the conversation is about.

mod conversation;
mod handler;
mod inbound;
mod reply;

pub use conversation::{Conversation, Kind, Thread};
pub use handler::{BoxFuture, Handler, Outbox, OutboxError};
pub use inbound::{Event, Inbound, Sender};
pub use reply::{Block, Choice, Reply, Span, Visibility};
