//! What one look at the state is for, and what it finds.

use std::sync::Arc;

use crate::health::Bench;
use crate::session::Session;
use crate::store::UsageQuery;
use crate::usage::Tally;

/// What one look at the state finds.
#[derive(Debug, Default)]
pub struct Glance {
    /// All benches.
    pub benches: Vec<Bench>,
    /// The sessions that were asked for and in which something is chosen, by key.
    pub sessions: Vec<Arc<Session>>,
    /// The marks that were asked for, by name.
    pub marks: Vec<(String, String)>,
    /// What was used by profile, for each question that was asked.
    pub sums: Vec<Vec<(String, Tally)>>,
}

/// What one look at the state is to find.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Sessions whose key begins so.
    pub prefix: String,
    /// Marks whose name begins so.
    pub marks: String,
    /// What was used by profile.
    pub queries: Vec<UsageQuery>,
}
