//! The port to the leases.

use std::time::Duration;

use modelpin_chat::BoxFuture;

use crate::store::StoreFault;

/// What one process at a time may do, of all that share the state, on whatever machine. Time is told by the store: the
/// clocks of machines differ.
pub trait LeaseTable: Send + Sync {
    /// Takes `name` for `holder`, or keeps it, for as long as `lasting` from now. `None` when that is done; otherwise who
    /// has it.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it cannot be told who has it.
    fn take_lease<'a>(
        &'a self,
        name: &'a str,
        holder: &'a str,
        lasting: Duration,
    ) -> BoxFuture<'a, Result<Option<String>, StoreFault>>;

    /// Lets go of `name`, if it is `holder` who has it.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when that could not be written: it ends by itself.
    fn end_lease<'a>(&'a self, name: &'a str, holder: &'a str) -> BoxFuture<'a, Result<(), StoreFault>>;
}
