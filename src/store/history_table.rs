//! The port to the running conversations.

use jiff::Timestamp;
use modelpin_chat::BoxFuture;

use crate::history::Utterance;
use crate::session::SessionKey;
use crate::store::StoreFault;

/// The running conversations.
pub trait HistoryTable: Send + Sync {
    /// The last `limit` utterances of a conversation, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn history<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Utterance>, StoreFault>>;

    /// Adds utterances to a conversation, and lets go of all but the last `keep` of it, of earlier conversations of the
    /// session, and of nothing else.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when nothing could be written; the conversation is then as it was.
    fn append<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        utterances: Vec<Utterance>,
        keep: usize,
    ) -> BoxFuture<'a, Result<(), StoreFault>>;

    /// The latest time of an utterance that is kept of the session, for `session.reset`; `None` for a session without
    /// history.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn last_utterance<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Timestamp>, StoreFault>>;
}
