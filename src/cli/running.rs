//! Asking programs that run on the same state how they see it.
//!
//! Each listens on a socket of its own in the state directory, for its owner only, and answers one line with one line of
//! JSON. There is no secret in it, and nothing can be changed through it. Where there are no such sockets nobody is asked.

#[cfg(not(unix))]
mod absent;
#[cfg(unix)]
mod answer;
#[cfg(unix)]
mod ask;
#[cfg(unix)]
mod place;

#[cfg(not(unix))]
pub(crate) use absent::{ask, serve};
#[cfg(unix)]
pub(crate) use answer::serve;
#[cfg(unix)]
pub(crate) use ask::ask;
