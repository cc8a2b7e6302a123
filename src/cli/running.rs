//! Asking programs that run on the same state how they see it.
//!
//! Each listens on a socket of its own in the state directory, for its owner only, and answers one line with one line of
//! JSON. There is no secret in it, and nothing can be changed through it.

mod answer;
mod ask;
mod place;

pub(crate) use answer::serve;
pub(crate) use ask::ask;
