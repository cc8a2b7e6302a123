//! What the database's codes mean to the caller.

use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use crate::store::StoreFault;
use crate::store::row::RowFault;

/// A statement, a row or a connection that failed; becomes a [`StoreFault`] where it is known of which database.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The database said no, or can no longer be reached.
    #[error(transparent)]
    Sql(#[from] tokio_postgres::Error),
    /// There is no connection to be had.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A row makes no sense.
    #[error(transparent)]
    Row(#[from] RowFault),
    /// Found before the database was asked, or already told.
    #[error(transparent)]
    Known(#[from] StoreFault),
    /// It took too long.
    #[error("no answer within {} s", _0.as_secs_f32())]
    Silent(Duration),
    /// The code of a write panicked; what it had done is undone.
    #[error("a write ended in a panic and was undone")]
    Panicked,
    /// The store is being closed.
    #[error("it ended before it had answered")]
    Ended,
}

impl Failure {
    /// Whether the same may go well when it is done anew: the database ended it because of what others did.
    pub(crate) fn is_because_of_others(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        error
            .code()
            .is_some_and(|code| [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code))
    }

    /// Whether the database says that nothing can be written to it.
    pub(crate) fn is_read_only(&self) -> bool {
        matches!(self, Self::Sql(error) if error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION))
    }

    /// The fault of the database that is shown as `shown`.
    pub(crate) fn of(self, shown: &Path) -> StoreFault {
        let path = shown.to_path_buf();
        let sql = match self {
            Self::Known(fault) => return fault,
            Self::Pool(PoolError::Backend(error)) | Self::Sql(error) => error,
            Self::Pool(PoolError::Timeout(_)) => {
                return StoreFault::Away { path, why: "no connection came free or could be made in time".to_owned() };
            }
            Self::Silent(_) | Self::Ended => return StoreFault::Away { path, why: self.to_string() },
            Self::Pool(_) | Self::Row(_) | Self::Panicked => return StoreFault::Broken { path, why: self.to_string() },
        };
        let why = words(&sql);
        let Some(code) = sql.code() else {
            // It said nothing that has a code: the connection could not be made, or broke.
            return StoreFault::Away { path, why };
        };
        match code.code() {
            // A disk that is full, or a quota.
            "53100" => StoreFault::Full { path },
            // A copy that only follows, or a user who may only read.
            "25006" | "42501" => StoreFault::ReadOnly { path, why },
            // Connections: refused, too many, being shut down or started.
            "53300" | "57P01" | "57P02" | "57P03" => StoreFault::Away { path, why },
            connection if connection.starts_with("08") => StoreFault::Away { path, why },
            _ => StoreFault::Broken { path, why },
        }
    }
}

/// What went wrong, without the values of any row.
fn words(error: &tokio_postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return said.message().to_owned();
    }
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
