//! The port to the audit.

use jiff::Timestamp;
use modelpin_chat::BoxFuture;

use crate::audit::{Entry, Head, Link};
use crate::store::StoreFault;

/// The audit: rows are added at the end, and never changed.
pub trait AuditLog: Send + Sync {
    /// Adds one; durable when it returns.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it could not be written.
    fn log_change(&self, entry: Entry) -> BoxFuture<'_, Result<Link, StoreFault>>;

    /// The rows behind number `after` that were written at `since` or later, in their order, at most `limit` of them.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn links(&self, after: u64, since: Option<Timestamp>, limit: usize)
    -> BoxFuture<'_, Result<Vec<Link>, StoreFault>>;

    /// The rows that were written last, in their order, at most `limit` of them.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn last_links(&self, limit: usize) -> BoxFuture<'_, Result<Vec<Link>, StoreFault>>;

    /// The end of the chain as it is kept beside the rows; `None` where nothing was ever written.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn head(&self) -> BoxFuture<'_, Result<Option<Head>, StoreFault>>;
}

/// What came of a change that goes with an entry.
#[derive(Debug, Clone)]
pub struct Audited<T> {
    /// What the change made.
    pub value: T,
    /// Why its row is missing from the audit, where that is not required.
    pub unaudited: Option<StoreFault>,
}

impl<T> Audited<T> {
    /// A change whose row was written, or that has none.
    pub fn whole(value: T) -> Self {
        Self { value, unaudited: None }
    }
}
