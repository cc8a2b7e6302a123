//! The port to the receipts.

use modelpin_chat::BoxFuture;

use crate::receipt::Receipt;
use crate::session::SessionKey;
use crate::store::StoreFault;

/// The receipts of all turns.
pub trait ReceiptLog: Send + Sync {
    /// Adds one, and what it counts to the usage, as one step; durable when it returns.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it could not be written.
    fn record(&self, receipt: Receipt) -> BoxFuture<'_, Result<(), StoreFault>>;

    /// The receipt of a session that was recorded last.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn last_receipt<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>>;

    /// The receipts that were recorded last, whatever session they are of, the last one first; at most `limit` of them.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn latest_receipts(&self, limit: usize) -> BoxFuture<'_, Result<Vec<Receipt>, StoreFault>>;

    /// The latest receipt of a session's turns in which a model answered to the end.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn last_answer<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>>;
}
