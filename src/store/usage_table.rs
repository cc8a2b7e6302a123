//! The port to the counters of what was used.

use jiff::civil::Date;
use modelpin_chat::BoxFuture;

use crate::store::StoreFault;
use crate::usage::{Dimension, Tally};

/// Which counters are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageQuery {
    /// From that day on.
    pub from: Option<Date>,
    /// Up to that day.
    pub to: Option<Date>,
    /// Of that profile only.
    pub profile: Option<String>,
    /// Of that person only, as `channel:id`.
    pub user: Option<String>,
}

/// The counters of what was used. They grow with each receipt that is recorded, in the same step.
pub trait UsageTable: Send + Sync {
    /// The sums by `dimension`, in its order; those that are all zero are left out.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn usage<'a>(
        &'a self,
        dimension: Dimension,
        query: &'a UsageQuery,
    ) -> BoxFuture<'a, Result<Vec<(String, Tally)>, StoreFault>>;
}
