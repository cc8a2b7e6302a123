//! The state store.

mod contract;
mod crash;
mod damage;
mod files;
mod full;
mod import;
mod inbox;
mod processes;
mod support;
