//! What may go wrong with another program's state directory.

use std::io;
use std::path::{Path, PathBuf};

/// OpenClaw's state cannot be read. Nothing was taken over, and nothing of it was changed; the caller shows this.
#[derive(Debug, thiserror::Error)]
pub enum SourceFault {
    /// Nothing of OpenClaw is there.
    #[error(
        "{} is no state directory of OpenClaw: there is neither `state/openclaw.sqlite` nor a folder `agents` in it. Name \
         the right one after `import openclaw`", .0.display()
    )]
    Nothing(PathBuf),
    /// A newer OpenClaw wrote it, and nobody here knows what it means by it.
    #[error(
        "{path} has schema {found}, and this modelpin knows those up to {known}: it was left alone. Use a newer modelpin",
        path = path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that is known.
        known: i64,
    },
    /// It is no database, or a broken or an encrypted one.
    #[error(
        "{path} cannot be read: {why}. It is damaged or encrypted; nothing was taken over. Have it looked at by \
         `openclaw doctor`, or name a directory that was restored from a backup",
        path = path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, without a word of what is in it.
        why: String,
    },
    /// It is written to without a pause. Trying again later is safe.
    #[error("{} is being written to all the time, so no whole picture of it can be had. Stop OpenClaw, and try again", .0.display())]
    Busy(PathBuf),
    /// The system refused to let it be read.
    #[error("{path} cannot be read: {why}", path = path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// There is no place for the copy that is read in its stead.
    #[error("{path} is in use, and the copy to be read in its stead cannot be made: {why}. Stop OpenClaw, or make room", path = path.display())]
    NoCopy {
        /// The database.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
}

impl SourceFault {
    /// What a failure to read `path` is to the caller.
    pub(crate) fn reading(path: &Path, error: &io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), why: error.to_string() }
    }

    /// What SQLite's failure to read `path` is to the caller.
    pub(crate) fn of_database(path: &Path, error: &rusqlite::Error) -> Self {
        let refused = matches!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::PermissionDenied)
        );
        let why = error.to_string();
        if refused {
            Self::Unreadable { path: path.to_owned(), why }
        } else {
            Self::Damaged { path: path.to_owned(), why }
        }
    }
}
