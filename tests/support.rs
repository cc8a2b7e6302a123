//! What several tests lean on.

pub(crate) mod bot;
pub(crate) mod idp;
pub(crate) mod keyring;
pub(crate) mod leaks;
pub(crate) mod rerun;
#[cfg(target_os = "linux")]
pub(crate) mod watch;
