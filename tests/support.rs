//! What several tests lean on.

pub(crate) mod bot;
pub(crate) mod catalogue;
pub(crate) mod description;
pub(crate) mod discord;
pub(crate) mod idp;
pub(crate) mod inbox;
pub(crate) mod keyring;
pub(crate) mod leaks;
pub(crate) mod matrix;
pub(crate) mod openclaw;
#[cfg(all(feature = "postgres", unix))]
pub(crate) mod postgres;
#[cfg(target_os = "linux")]
pub(crate) mod rerun;
pub(crate) mod script;
pub(crate) mod telegram;
pub(crate) mod tty;
#[cfg(target_os = "linux")]
pub(crate) mod watch;
