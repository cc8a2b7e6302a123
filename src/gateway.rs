//! Channels that are served side by side: each for itself, started again where that helps, and seen from outside.
//!
//! A [`Roster`](channel::Roster) says which accounts are configured now; a [`Supervisor`](supervisor::Supervisor) follows it and runs the [`Channel`](channel::Channel) of each. How
//! they stand is on the [`Board`](board::Board), which everybody reads who is asked: [`health`], the service manager, `models status`.

pub(crate) mod board;
pub(crate) mod bot;
pub(crate) mod channel;
pub(crate) mod claim;
pub(crate) mod health;
pub(crate) mod herald;
pub(crate) mod lease;
pub(crate) mod lock;
pub(crate) mod metrics;
pub(crate) mod page;
pub(crate) mod standing;
pub(crate) mod supervisor;
pub(crate) mod told;
