//! What the accounts of every channel are made with.

use std::sync::Arc;

use crate::clock::Clock;
use crate::engine::Engine;
use crate::store::InboxTable;

/// Whether a text holds a secret that must not be written down.
pub(crate) type IsSecret = fn(&str) -> bool;

/// What each account is made with.
#[derive(Clone)]
pub(crate) struct Parts {
    /// Who answers.
    pub(crate) engine: Arc<Engine>,
    /// Where what comes is kept.
    pub(crate) inbox: Arc<dyn InboxTable>,
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    /// What must not be kept.
    pub(crate) is_secret: IsSecret,
}
