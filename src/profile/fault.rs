//! How an auth store file breaks.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::profile::SealTrouble;

/// An auth store file could not be read or written. Whatever happened, what was in the file still is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreFileFault {
    /// It is not JSON. The caller goes on with the last good version and says so; nothing is ever written over it.
    #[error(
        "{path}:{line}:{column}: not valid JSON: {why}; the file was left as it is. \
         Repair it, or put a good copy in its place",
        path = path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1, in bytes.
        column: usize,
        /// What the parser missed there.
        why: String,
    },
    /// It is JSON, but no auth store. The caller treats it like a corrupt one.
    #[error("{path} is no auth store: {why}; it was left as it is. Repair it, or move it out of the way", path = path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What it should have had.
        why: String,
    },
    /// It could not be read. The caller goes on with the last good version and says so.
    #[error("{path} cannot be read: {why}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The database that it is kept in cannot be reached, or gives no answer. The caller goes on with the last good version
    /// and says so. Whether a write that met this was done is open; nothing is lost by doing it again.
    #[error("{path} cannot be reached: {why}. Try again when it is back", path = path.display())]
    Away {
        /// What it is called.
        path: PathBuf,
        /// What came instead of an answer.
        why: String,
    },
    /// Another program holds the lock. The caller says so; trying again later is safe.
    #[error(
        "{path} is held by {holder} for more than {seconds} s; nothing was written. Try again; \
         if that program is gone, delete the lock",
        path = lock.display(), seconds = waited.as_secs()
    )]
    Busy {
        /// The lock.
        lock: PathBuf,
        /// Who holds it, as far as the lock says.
        holder: String,
        /// How long was waited.
        waited: Duration,
    },
    /// A program that ignores the locks rewrote the file faster than it could be changed. Trying again later is safe.
    #[error(
        "{path} is rewritten again and again by a program that ignores its lock; the change was given up. \
         Stop that program, and try again",
        path = path.display()
    )]
    Contended {
        /// The file.
        path: PathBuf,
    },
    /// It must not be written. The caller says so and goes on reading.
    #[error("{path} cannot be written: {why}; it keeps its old content", path = path.display())]
    ReadOnly {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The disk or a quota is full. The caller says so.
    #[error("there is no room to write {path}; it keeps its old content. Free some space, and try again", path = path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// A secret has to be sealed before it is written, and cannot be. The caller says so.
    #[error("{path}: a secret that was to be written there {why}; it keeps its old content", path = path.display())]
    NotSealed {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: SealTrouble,
    },
    /// What was about to be written could not be read back as it was. The caller says so.
    #[error("{path}: what was to be written did not open again as it was, so nothing was written. Please report this", path = path.display())]
    NotVerified {
        /// The file.
        path: PathBuf,
    },
    /// Anything else that the system refused. The caller says so.
    #[error("{path}: {step} failed: {why}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        step: &'static str,
        /// What the system said.
        why: String,
    },
}

impl StoreFileFault {
    /// What `error`, met at `step` of writing `path`, is to the caller.
    pub(crate) fn writing(path: &Path, step: &'static str, error: &io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full { path }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path, why: error.to_string() }
            }
            _ => Self::Io { path, step, why: error.to_string() },
        }
    }

    /// What a failure to parse `path` is to the caller: the parser's words, without its position, which is told apart.
    pub(crate) fn corrupt(path: &Path, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let why = text.rsplit_once(" at line ").map_or(text.as_str(), |(why, _)| why).to_owned();
        Self::Corrupt { path: path.to_owned(), line: error.line(), column: error.column().max(1), why }
    }

    /// What a failure to read `path` is to the caller.
    pub(crate) fn reading(path: &Path, error: &io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), why: error.to_string() }
    }
}
