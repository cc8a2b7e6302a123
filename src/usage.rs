//! What answers have cost: counted with each receipt, so that the counters and the receipts cannot disagree.

mod budget;
mod price;
mod tally;

pub use budget::{Budget, Measure, Period, Scope, Spent, Then};
pub use price::{Price, Prices};
pub use tally::{Counted, Dimension, Tally, counted, money};
