//! What several tests lean on.

pub(crate) mod leaks;
pub(crate) mod rerun;
