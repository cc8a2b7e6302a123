//! The profile store.

mod acceptance;
mod agents;
mod copies;
mod external;
mod faults;
mod file;
mod lock;
mod order_cases;
mod references;
mod round_trip;
mod seal;
mod secrets;
pub(crate) mod support;
mod write_back;
