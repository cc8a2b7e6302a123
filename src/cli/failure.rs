//! Why a command could not be carried out.

use std::io;

use crate::cli::exit::Exit;
use crate::store::StoreFault;

/// Why a command could not be carried out. The text says what happened, to what, and what to type next.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line asks for something that does not exist.
    #[error("{0}")]
    Misuse(String),
    /// A store cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// Anything else.
    #[error("{0}")]
    Unexpected(String),
}

impl Failure {
    /// The code for it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Misuse(_) => Exit::Misuse,
            Self::Unreadable(_) => Exit::Unreadable,
            Self::Unexpected(_) => Exit::Unexpected,
        }
    }
}

impl From<StoreFault> for Failure {
    fn from(fault: StoreFault) -> Self {
        match fault {
            StoreFault::TooNew { .. } | StoreFault::Broken { .. } => Self::Unreadable(fault.to_string()),
            StoreFault::ReadOnly { .. } | StoreFault::Full { .. } => Self::Unexpected(fault.to_string()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(fault: io::Error) -> Self {
        Self::Unexpected(fault.to_string())
    }
}
