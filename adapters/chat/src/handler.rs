//! The two ports: what an adapter calls, and what it implements.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::{Completion, CompletionRequest, Inbound, Reply};

/// A boxed future, so that the ports can be used behind `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What adapters call: the engine.
pub trait Handler: Send + Sync {
    /// Act on one inbound event and answer through `outbox`, any number of times.
    ///
    /// Sending nothing means that the event was not for this bot. The future MUST be polled to its end; to stop an
    /// answer in the middle, let [`Outbox::stopped`] return.
    fn handle<'a>(&'a self, inbound: Inbound, outbox: &'a dyn Outbox) -> BoxFuture<'a, ()>;

    /// What could be meant by what somebody has typed into a command so far, best first; at most
    /// [`CompletionRequest::most`]. Called with each letter, so it waits for nothing but memory.
    fn complete(&self, request: CompletionRequest) -> BoxFuture<'_, Vec<Completion>> {
        let _ = request;
        Box::pin(async { Vec::new() })
    }
}

/// The way back into the conversation that one [`Inbound`] came from. Implemented by each adapter, made anew for each
/// inbound event.
pub trait Outbox: Send + Sync {
    /// Deliver a reply. If a draft is showing, the reply takes its place.
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>>;

    /// Show the answer that is being written: the whole text so far, which only ever grows.
    ///
    /// The adapter decides how often it really shows one. A draft that is never followed by [`Outbox::send`] stays. Where
    /// nothing is written here, drafts are not shown, and answers come whole.
    fn draft<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), OutboxError>> {
        let _ = text;
        Box::pin(async { Ok(()) })
    }

    /// Show that an answer is being prepared. Where nothing is written here, nothing shows it.
    fn typing(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    /// Take the message that is being answered out of the conversation: it holds what nobody should read there.
    ///
    /// An adapter deletes the message that it made the [`Inbound`] of, every part of it where the platform delivered it
    /// in several, and forgets what it keeps of it itself: a list of typed lines, a queue, a cache. It tries once and
    /// within seconds, for a warning waits behind it. Where a bot lacks the right to delete, the fault says so.
    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>>;

    /// Returns when the person no longer wants the answer; never, where a platform cannot tell.
    fn stopped(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// What became of a message that was to be taken out of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawal {
    /// It is gone: nobody can read it there any more.
    Gone,
    /// Whoever plays the platform has been told to delete it, and does not say whether that was done.
    Asked,
    /// A bot cannot delete it there: the platform has no way, or not in a conversation of this kind.
    Impossible,
}

/// The platform did not take a message, or did not give one back. The text says which platform and why; it holds no message text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxError(pub String);

impl fmt::Display for OutboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for OutboxError {}
