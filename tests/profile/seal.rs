//! Sealed secrets in the store.

mod conversion;
mod faults;
mod keys;
mod rig;
mod value;
mod writing;
