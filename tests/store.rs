//! The state store.

mod contract;
mod crash;
mod damage;
mod files;
mod full;
mod processes;
mod support;
