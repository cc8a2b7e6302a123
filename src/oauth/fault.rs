//! Why a grant was not renewed.

use jiff::Timestamp;

use crate::oauth::NoRenewal;
use crate::profile::{ProfileId, StoreFileFault};

/// A grant was not renewed. Holds no secret and no e-mail address, so that a chat can be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenewalFault {
    /// It cannot be renewed here at all. The caller says what is missing.
    #[error("it cannot be renewed: {0}")]
    Impossible(#[from] NoRenewal),
    /// The profile went away meanwhile. The caller passes it over.
    #[error("{0} is not there any more")]
    Gone(ProfileId),
    /// Its refresh token is no longer taken. The caller passes it over, and names the command.
    #[error("log in again: `{command}` ({why})")]
    NeedsLogin {
        /// What to type.
        command: String,
        /// What the token endpoint said.
        why: String,
    },
    /// It did not work this time; until then nobody tries again.
    #[error("{why}; it is tried again after {until:.0}")]
    Later {
        /// When it may be tried again.
        until: Timestamp,
        /// What happened.
        why: String,
    },
    /// Another process is at it for too long. The caller may try again at once.
    #[error("another process has been renewing it for too long; try again")]
    Busy,
    /// The store cannot be read or written, so that no refresh token could be kept. The caller says so.
    #[error("{0}")]
    Store(#[from] StoreFileFault),
    /// The state directory cannot be written, so that nobody can be kept from doing the same. The caller says so.
    #[error("no lock can be had in the state directory: {0}")]
    Lock(String),
    /// It cannot be told whether another machine is at it. The caller says so.
    #[error("it cannot be told whether another machine is renewing it: {0}")]
    Lease(String),
    /// The program is ending.
    #[error("the renewal was broken off")]
    BrokenOff,
}
