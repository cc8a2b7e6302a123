//! The port to the rows of the sessions.

use std::sync::Arc;

use modelpin_chat::BoxFuture;

use crate::audit::Demand;
use crate::session::{Session, SessionKey};
use crate::store::{Audited, CommitFault, StoreFault};

/// The rows of the sessions.
pub trait SessionTable: Send + Sync {
    /// The row of `key` as of now: a commit that was confirmed by any process on the same state MUST be seen.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read; what was loaded before stays good to show, not to act on.
    fn load<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Arc<Session>>, StoreFault>>;

    /// The row of `key` as it was last seen here, to be shown while it cannot be loaded, never to be acted on; `None` where
    /// nothing is remembered. Asks nobody.
    fn remembered(&self, _key: &SessionKey) -> Option<Arc<Session>> {
        None
    }

    /// Writes `session` if the stored revision still is `session.revision` (0: no row yet), and returns the row as it
    /// now stands: what was given, its revision raised by one. MUST return only after the row is durable.
    ///
    /// A future that is dropped half-way leaves it open whether the row was written.
    ///
    /// # Errors
    ///
    /// [`CommitFault::Conflict`] with the row as it is now when somebody else was first; [`CommitFault::Store`] when
    /// nothing could be written, and then nothing is confirmed to anybody.
    fn commit(&self, session: Session) -> BoxFuture<'_, Result<Arc<Session>, CommitFault>>;

    /// The same for a change that somebody made, with its row in the audit: both or, where `demand` wants that, neither.
    ///
    /// # Errors
    ///
    /// As [`SessionTable::commit`].
    fn commit_audited(
        &self,
        session: Session,
        demand: Demand,
    ) -> BoxFuture<'_, Result<Audited<Arc<Session>>, CommitFault>>;

    /// All rows whose key starts with `prefix`, by key, at most `limit` of them.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn list<'a>(&'a self, prefix: &'a str, limit: usize) -> BoxFuture<'a, Result<Vec<Arc<Session>>, StoreFault>>;
}
