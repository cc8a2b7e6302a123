//! What several tests lean on.

pub(crate) mod bot;
pub(crate) mod idp;
pub(crate) mod leaks;
#[cfg(target_os = "linux")]
pub(crate) mod pty;
pub(crate) mod rerun;
#[cfg(target_os = "linux")]
pub(crate) mod watch;
