//! The profile store.

mod acceptance;
mod agents;
mod external;
mod faults;
mod file;
mod lock;
mod order_cases;
mod round_trip;
mod seal;
mod secrets;
pub(crate) mod support;
