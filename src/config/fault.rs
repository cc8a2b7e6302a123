//! Why a configuration could not be read.

use std::io;
use std::path::PathBuf;

/// The configuration could not be read. It is never taken for an empty one.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// A file is there but could not be opened. Check its owner and mode.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is no JSON5. The person who edits it looks at that line.
    #[error("{}:{line}:{column}: {what}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// A `$include` cannot be followed.
    #[error("{}: {key}: $include `{target}`: {why}", path.display())]
    Include {
        /// The file that has it.
        path: PathBuf,
        /// Where in the file, as a dotted key.
        key: String,
        /// What is to be included, as written.
        target: String,
        /// Why not.
        why: &'static str,
    },
    /// A `${NAME}` names a variable that is unset or empty. Set it, or write `$${NAME}` for the text itself.
    #[error("{}: {key}: the variable {name} is not set", path.display())]
    MissingVariable {
        /// The main file.
        path: PathBuf,
        /// The dotted key.
        key: String,
        /// The variable.
        name: String,
    },
    /// A value is not of the kind that its key wants.
    #[error("{}: {fault}", path.display())]
    Key {
        /// The main file.
        path: PathBuf,
        /// Which key, and what it wants.
        fault: KeyFault,
    },
}

/// A value is not of the kind that its key wants. The value itself is not shown: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: expected {expected}, found {found}")]
pub struct KeyFault {
    /// The dotted key.
    pub key: String,
    /// What it wants.
    pub expected: &'static str,
    /// The kind of what is there.
    pub found: &'static str,
}
