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
    /// The system refused to write.
    #[error("{}: {step}: {source}", path.display())]
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
    pub(crate) fn misfit(path: &Path, misfit: Misfit) -> Self {
        match misfit {
            Misfit::NoObject(key) => Self::NoObject { path: path.to_owned(), key },
            Misfit::Syntax(what) => Self::Syntax { path: path.to_owned(), what },
        }
    }
}
