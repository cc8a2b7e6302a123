//! What SQLite's result codes mean to the caller.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::store::StoreFault;
use crate::store::row::RowFault;

/// A statement or a row that failed; becomes a [`StoreFault`] where the path of the database is known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// SQLite said no.
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
    /// A row makes no sense.
    #[error(transparent)]
    Row(#[from] RowFault),
    /// Found before SQLite was asked, or already told.
    #[error(transparent)]
    Known(#[from] StoreFault),
    /// The code of a write panicked; what it had done is undone.
    #[error("a write ended in a panic and was undone")]
    Panicked,
}

impl Failure {
    /// The fault of the database at `path`.
    pub(crate) fn of(self, path: &Path) -> StoreFault {
        let path = path.to_path_buf();
        let sql = match self {
            Self::Known(fault) => return fault,
            Self::Row(fault) => return StoreFault::Broken { path, why: fault.to_string() },
            Self::Panicked => {
                return StoreFault::Broken { path, why: "a write ended in a panic and was undone".to_owned() };
            }
            Self::Sql(sql) => sql,
        };
        let why = sql.to_string();
        let (code, extended) = match &sql {
            rusqlite::Error::SqliteFailure(failure, _) => (Some(failure.code), failure.extended_code),
            _ => (None, 0),
        };
        match code {
            Some(ErrorCode::DiskFull) => StoreFault::Full { path },
            // The one file that is grown outside of a transaction is the shared memory beside the database.
            Some(ErrorCode::SystemIoFailure) if extended == ffi::SQLITE_IOERR_SHMSIZE => StoreFault::Full { path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                StoreFault::ReadOnly { path, why }
            }
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                let why = format!(
                    "{why}. It was left as it is; move it away, with the files -wal and -shm beside it, to begin anew"
                );
                StoreFault::Broken { path, why }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreFault::Broken {
                path,
                why: "another process has been holding it for too long; try again".to_owned(),
            },
            _ => StoreFault::Broken { path, why },
        }
    }
}

/// The fault of a file operation on `path`.
pub(crate) fn of_file(path: &Path, error: &io::Error) -> StoreFault {
    let path = path.to_path_buf();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreFault::Full { path },
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::NotADirectory => {
            StoreFault::ReadOnly { path, why: error.to_string() }
        }
        _ => StoreFault::Broken { path, why: error.to_string() },
    }
}
