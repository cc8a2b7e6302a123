//! How a store breaks.

use std::path::PathBuf;
use std::sync::Arc;

use crate::session::Session;

/// The state could not be read or written. Cheap to clone, because one failed commit answers everybody in its group.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreFault {
    /// Nothing can be written there. The caller says so and goes on reading.
    #[error("{path} cannot be written: {why}", path = path.display())]
    ReadOnly {
        /// The database.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The disk is full. The caller says so; the old content stands.
    #[error("the disk is full; {path} keeps its old content", path = path.display())]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// The database was written by a newer modelpin. The caller stops.
    #[error("{path} was written by a newer modelpin (schema {found}, this one knows {known}); update modelpin", path = path.display())]
    TooNew {
        /// The database.
        path: PathBuf,
        /// The schema number found.
        found: i64,
        /// The highest schema number this program knows.
        known: i64,
    },
    /// The database cannot be reached, or gives no answer. The caller says so; what was confirmed stands, and nothing more
    /// is confirmed until it is back.
    #[error("{path} cannot be reached: {why}", path = path.display())]
    Away {
        /// The database, without user and password.
        path: PathBuf,
        /// What came instead of an answer.
        why: String,
    },
    /// The change could not be written into the audit, and `audit.required` wants that. The caller says so; nothing was
    /// changed.
    #[error("the audit cannot be written, and `audit.required` is on: {why}")]
    Unaudited {
        /// What is wrong with the audit.
        why: String,
    },
    /// Anything else. The caller says what it was doing, and this.
    #[error("{path}: {why}", path = path.display())]
    Broken {
        /// The database.
        path: PathBuf,
        /// What the database said.
        why: String,
    },
}

/// A session could not be committed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitFault {
    /// Somebody else committed first. The caller applies the change to the row as it is now, and tries again.
    #[error("the session was changed by somebody else in the meantime")]
    Conflict(Option<Arc<Session>>),
    /// The store failed; nothing was written.
    #[error(transparent)]
    Store(#[from] StoreFault),
}
