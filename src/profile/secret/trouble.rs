//! What goes wrong on the way to a secret.

use std::path::PathBuf;
use std::time::Duration;

use crate::profile::{ProfileId, SealTrouble, SecretSource};

/// A secret could not be had. The caller passes the profile over as unusable and says this; no value is ever in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the secret of `{profile}` could not be had: {why}")]
pub struct SecretFault {
    /// The profile it is of.
    pub profile: ProfileId,
    /// What went wrong on the way.
    pub why: SecretTrouble,
}

/// What goes wrong on the way to a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretTrouble {
    /// There is none in the profile.
    #[error("there is none in the store; store one with `modelpin models auth`")]
    Missing,
    /// It is sealed, and does not open.
    #[error("it {0}")]
    Sealed(SealTrouble),
    /// No such place is configured.
    #[error("`secrets.providers.{alias}` is not configured; add it, with `source` {source}", source = .kind)]
    UnknownPlace {
        /// The alias.
        alias: String,
        /// What kind of place it should be.
        kind: SecretSource,
    },
    /// The place is of another kind than the reference says.
    #[error("`secrets.providers.{alias}` is not of the source {source}, as the reference says", source = .kind)]
    OtherKind {
        /// The alias.
        alias: String,
        /// What kind of place it should be.
        kind: SecretSource,
    },
    /// The variable is unset or blank.
    #[error("the variable {0} is not set")]
    Unset(String),
    /// The place does not give this variable out.
    #[error("`secrets.providers.{alias}.allowlist` does not hold the variable {name}")]
    NotAllowed {
        /// The alias.
        alias: String,
        /// The variable.
        name: String,
    },
    /// Where it is depends on where the program was started.
    #[error("`secrets.providers.{alias}.{key}` must be an absolute path, or begin with `~/`")]
    NotAbsolute {
        /// The alias.
        alias: String,
        /// `path` or `command`.
        key: &'static str,
    },
    /// The file could not be read.
    #[error("{path} of `secrets.providers.{alias}` cannot be read: {why}", path = path.display())]
    Unreadable {
        /// The alias.
        alias: String,
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// More came than a secret can be.
    #[error("`secrets.providers.{0}` gave more than 1 MiB")]
    TooLarge(String),
    /// It came, but the secret is not in it.
    #[error("`secrets.providers.{alias}` has no text under `{id}`")]
    NotThere {
        /// The alias.
        alias: String,
        /// The reference's id.
        id: String,
    },
    /// The program could not be started.
    #[error("{command} of `secrets.providers.{alias}` cannot be started: {why}")]
    NotStarted {
        /// The alias.
        alias: String,
        /// The program.
        command: String,
        /// What the system said.
        why: String,
    },
    /// The program failed. What it said is not repeated, because a secret may be in it.
    #[error("{command} of `secrets.providers.{alias}` failed ({status})")]
    Failed {
        /// The alias.
        alias: String,
        /// The program.
        command: String,
        /// How it ended.
        status: String,
    },
    /// The file or the program took too long; a program was stopped, and whatever it had started.
    #[error("{what} of `secrets.providers.{alias}` gave no answer within {after:?}")]
    TimedOut {
        /// The alias.
        alias: String,
        /// The file or the program.
        what: String,
        /// How long was waited.
        after: Duration,
    },
}
