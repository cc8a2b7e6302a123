//! The port to the benches.

use std::sync::Arc;

use modelpin_chat::BoxFuture;

use crate::health::{Bench, BenchScope};
use crate::store::StoreFault;

/// What a failure makes of the bench that was there before; `None` takes it away.
///
/// The bench it returns is kept under the scope the update was asked for, whatever its own `scope` says. A database that
/// ends a write because of others is asked again, so it may be called more than once: the last call is the one that counts.
pub type BenchUpdate = Box<dyn Fn(Option<&Bench>) -> Option<Bench> + Send + Sync>;

/// The benches, shared by every process on the same state.
pub trait HealthTable: Send + Sync {
    /// All benches, ended ones included (their strikes still count), in no particular order.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn benches(&self) -> BoxFuture<'_, Result<Arc<Vec<Bench>>, StoreFault>>;

    /// Applies `update` to the bench of `scope`, read and written as one step among all processes.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the bench could not be written; it is then as it was.
    fn update_bench(&self, scope: BenchScope, update: BenchUpdate) -> BoxFuture<'_, Result<(), StoreFault>>;
}
