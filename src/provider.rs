//! Talking to a vendor's API.

mod ask;
mod failure;

use modelpin_chat::BoxFuture;
use tokio::sync::mpsc::UnboundedSender;

pub use ask::{Answer, Api, Ask, Auth, Endpoint, Sent};
pub use failure::Failure;

/// One wire format. Implemented for Anthropic Messages and for OpenAI-compatible Chat Completions.
pub trait Provider: Send + Sync {
    /// Sends `ask` and reads the answer as it streams in, handing each piece of text to `pieces`.
    ///
    /// Implementors MUST NOT retry, follow redirects, or use any credential but the one in `ask`: what is tried next is
    /// decided by the turn. Dropping the future closes the connection.
    fn ask<'a>(&'a self, ask: &'a Ask, pieces: UnboundedSender<String>) -> BoxFuture<'a, Result<Answer, Failure>>;
}
