//! Why the configuration was not edited.

use std::io;
use std::path::{Path, PathBuf};

use crate::config::ConfigFault;
use crate::config::edit::tree::Misfit;

/// The configuration was not edited. It is as it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EditFault {
    /// It cannot be read, or could not be after the edit. The person mends it first.
    #[error(transparent)]
    Config(#[from] ConfigFault),
    /// A file cannot be edited there: something else is in the place of an object.
    #[error("{}: {key} is no object, so nothing can be put into it; change it by hand", path.display())]
    NoObject {
        /// The file.
        path: PathBuf,
        /// The dotted key.
        key: String,
    },
    /// A file is JSON5 to the reader, but not to the editor.
    #[error("{} cannot be edited by a program ({what}); change it by hand", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What is in the way.
        what: String,
    },
    /// What the key says comes from more than one place, so that changing one of them does not do it.
    #[error("{}: {key} is put together from several places (includes, or the same key twice); change it by hand", path.display())]
    Entangled {
        /// The main file.
        path: PathBuf,
        /// The dotted key.
        key: String,
    },
    /// Somebody else kept writing.
    #[error("{} was changed by another program again and again meanwhile; try again", path.display())]
    Contended {
        /// The main file.
        path: PathBuf,
    },
    /// It must not be written. The caller says whose it is.
    #[error("{} cannot be written: {source}; the configuration is as it was", path.display())]
    ReadOnly {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk or a quota is full.
    #[error("there is no room to write {}; the configuration is as it was. Free some space, and try again", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Anything else that the system refused.
    #[error("{}: {step} failed: {source}; the configuration is as it was", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What was being done.
        step: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl EditFault {
    /// What `source`, met at `step` of writing `path`, is to the caller.
    pub(crate) fn writing(path: &Path, step: &'static str, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full { path }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path, source },
            _ => Self::Write { path, step, source },
        }
    }

    pub(crate) fn misfit(path: &Path, misfit: Misfit) -> Self {
        match misfit {
            Misfit::NoObject(key) => Self::NoObject { path: path.to_owned(), key },
            Misfit::Syntax(what) => Self::Syntax { path: path.to_owned(), what },
        }
    }
}
