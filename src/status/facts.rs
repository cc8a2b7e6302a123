//! What a status is made from.

use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::agent::AgentId;
use crate::config::Places;
use crate::session::Session;
use crate::turn::{Moment, shortened};

/// What a status is made from: gathered by the caller, so that a command sees the files and a running program itself.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// Who would answer.
    pub(crate) moment: Moment<'a>,
    /// Where everything is.
    pub(crate) places: &'a Places,
    /// The agent that is meant.
    pub(crate) agent: &'a AgentId,
    /// Whether it was named, instead of being the configured one.
    pub(crate) agent_named: bool,
    /// Where the agent's own credentials are: a file, or a database and the name in it.
    pub(crate) store: &'a Path,
    /// The stores that cannot be read: each says why.
    pub(crate) unreadable: &'a [String],
    /// What else is not as it should be, in words.
    pub(crate) warnings: &'a [String],
    /// The sessions of the agent in which something is chosen.
    pub(crate) sessions: &'a [Arc<Session>],
    /// How long before its end a credential counts as expiring.
    pub(crate) warn: SignedDuration,
    /// The line to type for a command of this program on the same installation.
    pub(crate) command: &'a (dyn Fn(&str) -> String + Sync),
}

impl Facts<'_> {
    /// A path as it is shown, the home directory as `~`.
    pub(crate) fn shown(&self, path: &Path) -> String {
        shortened(path, self.places.home())
    }
}
