//! Why a command could not be carried out.

use std::io;
use std::path::Path;

use crate::cli::exit::Exit;
use crate::config::{ConfigFault, EditFault};
use crate::openclaw::SourceFault;
use crate::operator::Trouble;
use crate::profile::StoreFileFault;
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
    /// There is nothing that could be done with what is configured.
    #[error("{0}")]
    Misconfigured(String),
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
            Self::Misconfigured(_) => Exit::Misconfigured,
            Self::Unexpected(_) => Exit::Unexpected,
        }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(_) | Trouble::Unread(_) => Self::Misuse(trouble.to_string()),
            Trouble::State(fault) => fault.into(),
            Trouble::AuthStore(fault) => fault.into(),
            Trouble::Busy(_) => Self::Unexpected(trouble.to_string()),
        }
    }
}

impl From<StoreFault> for Failure {
    fn from(fault: StoreFault) -> Self {
        match fault {
            StoreFault::TooNew { .. } | StoreFault::Unaudited { .. } | StoreFault::Broken { .. } => {
                Self::Unreadable(fault.to_string())
            }
            StoreFault::ReadOnly { .. } | StoreFault::Full { .. } | StoreFault::Away { .. } => {
                Self::Unexpected(fault.to_string())
            }
        }
    }
}

impl From<StoreFileFault> for Failure {
    fn from(fault: StoreFileFault) -> Self {
        let text = fault.to_string();
        match fault {
            StoreFileFault::Corrupt { .. }
            | StoreFileFault::NotAStore { .. }
            | StoreFileFault::Unreadable { .. }
            | StoreFileFault::NotSealed { .. } => Self::Unreadable(text),
            StoreFileFault::ReadOnly { path, .. } => Self::Unexpected(format!("{text}{}", owners(&path))),
            StoreFileFault::Away { .. }
            | StoreFileFault::Busy { .. }
            | StoreFileFault::Contended { .. }
            | StoreFileFault::Full { .. }
            | StoreFileFault::NotVerified { .. }
            | StoreFileFault::Io { .. } => Self::Unexpected(text),
        }
    }
}

impl From<EditFault> for Failure {
    fn from(fault: EditFault) -> Self {
        let text = fault.to_string();
        match fault {
            // A variable to be set where the command is typed.
            EditFault::Config(ConfigFault::MissingVariable { .. }) => Self::Misuse(text),
            EditFault::Config(_)
            | EditFault::NoObject { .. }
            | EditFault::Syntax { .. }
            | EditFault::Entangled { .. } => Self::Unreadable(text),
            EditFault::ReadOnly { path, .. } => Self::Unexpected(format!("{text}{}", owners(&path))),
            EditFault::Contended { .. } | EditFault::Full { .. } | EditFault::Write { .. } => Self::Unexpected(text),
        }
    }
}

/// Who owns what must not be written, and who we are: the usual reason in a container.
#[cfg(unix)]
fn owners(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt as _;

    let there = path.ancestors().find_map(|path| Some((path, path.metadata().ok()?.uid())));
    let us = Path::new("/proc/self").metadata().ok().map(|this| this.uid());
    match (there, us) {
        (Some((place, owner)), Some(us)) if owner != us => {
            let place = place.display();
            format!(
                ". {place} belongs to user {owner}, and this is user {us}: run as user {owner}, or `chown -R {us} {place}`"
            )
        }
        (_, _) => String::new(),
    }
}

#[cfg(not(unix))]
fn owners(_path: &Path) -> String {
    String::new()
}

impl From<SourceFault> for Failure {
    fn from(fault: SourceFault) -> Self {
        let text = fault.to_string();
        match fault {
            SourceFault::Nothing(_)
            | SourceFault::Newer { .. }
            | SourceFault::Damaged { .. }
            | SourceFault::Unreadable { .. } => Self::Unreadable(text),
            SourceFault::Busy(_) | SourceFault::NoCopy { .. } => Self::Unexpected(text),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(fault: io::Error) -> Self {
        Self::Unexpected(fault.to_string())
    }
}
