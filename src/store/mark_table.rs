//! The port to small facts that are shared.

use modelpin_chat::BoxFuture;

use crate::audit::Demand;
use crate::store::{Audited, StoreFault};

/// Small facts that all processes on the same state share, by name: whether a profile is switched off, what of the
/// configuration was seen last, what an operator has been told.
pub trait MarkTable: Send + Sync {
    /// The marks whose name begins with `prefix`, by name.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn marks<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<(String, String)>, StoreFault>>;

    /// Puts `new` under `name` if what is there is `expected`; says whether it was. `None` stands for no mark. With a
    /// demand, the row of the audit is written in the same step.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when nothing was changed.
    fn swap_mark<'a>(
        &'a self,
        name: &'a str,
        expected: Option<&'a str>,
        new: Option<&'a str>,
        demand: Option<Demand>,
    ) -> BoxFuture<'a, Result<Audited<bool>, StoreFault>>;
}
