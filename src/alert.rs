//! Telling operators what needs them: once when it begins, once for each way it gets worse, once when it is over.

mod condition;
mod deliver;
mod watch;

#[cfg(test)]
mod tests;

pub(crate) use condition::{Condition, State, conditions};
pub(crate) use deliver::{Announcer, Hooks};
pub(crate) use watch::{Alert, AlertWatch};
