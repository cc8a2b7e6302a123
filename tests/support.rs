//! What several tests lean on.

pub(crate) mod again;
pub(crate) mod leaks;
