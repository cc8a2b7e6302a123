//! Credentials that several machines share in a database.
#![cfg(all(feature = "postgres", unix))]

mod config;
mod grants;
mod machines;
mod rig;
