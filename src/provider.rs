//! Talking to a vendor's API.

mod anthropic;
mod ask;
mod breadth;
mod classify;
mod dialect;
mod draft;
mod endpoint;
mod error_body;
mod events;
mod failure;
mod http;
mod incoming;
mod messages;
mod openai;
mod registry;
mod scrub;
mod wait;

use modelpin_chat::BoxFuture;
use tokio::sync::mpsc::UnboundedSender;

pub use anthropic::Anthropic;
pub use ask::{Answer, Ask, Auth, Endpoint, Sent};
pub use classify::classify;
pub(crate) use endpoint::is_loopback;
pub use endpoint::{NoEndpoint, endpoint, needs_credential};
pub use error_body::ErrorBody;
pub use failure::Failure;
pub use http::Http;
pub use openai::OpenAi;
pub use registry::Providers;
pub(crate) use scrub::one_line;
pub use wait::retry_after;

pub use crate::catalog::Api;

/// One wire format. Implemented for Anthropic Messages and for OpenAI-compatible Chat Completions.
pub trait Provider: Send + Sync {
    /// Sends `ask` and reads the answer as it streams in, handing each piece of text to `pieces`.
    ///
    /// Implementors MUST NOT retry, follow redirects, or use any credential but the one in `ask`: what is tried next is
    /// decided by the turn. Dropping the future closes the connection.
    fn ask<'a>(&'a self, ask: &'a Ask, pieces: UnboundedSender<String>) -> BoxFuture<'a, Result<Answer, Failure>>;
}
