//! The state store.

#[cfg(all(feature = "postgres", unix))]
mod check;
#[cfg(all(feature = "postgres", unix))]
mod collect;
mod contract;
#[cfg(all(feature = "postgres", unix))]
mod copy;
mod crash;
mod damage;
mod files;
mod full;
mod import;
mod inbox;
mod leases;
#[cfg(all(feature = "postgres", unix))]
mod postgres;
mod processes;
#[cfg(all(feature = "postgres", unix))]
mod slow;
mod support;
