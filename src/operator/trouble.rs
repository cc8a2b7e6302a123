//! Why something was not done.

use crate::catalog::Unread;
use crate::profile::StoreFileFault;
use crate::store::{CommitFault, StoreFault};

/// Something was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// What was asked for is not possible as things are: why, and what to do.
    #[error("{0}")]
    Refused(String),
    /// What was named cannot be read.
    #[error("{}", said(.0))]
    Unread(Unread),
    /// The state could not be read or written.
    #[error(transparent)]
    State(#[from] StoreFault),
    /// An auth store could not be read or written.
    #[error(transparent)]
    AuthStore(#[from] StoreFileFault),
    /// Others keep changing the same session.
    #[error("{0} is being changed by others all the time: nothing was changed in it; try again")]
    Busy(String),
}

impl Trouble {
    /// Of a commit that was not tried often enough.
    pub(super) fn of_commit(fault: CommitFault, key: &str) -> Self {
        match fault {
            CommitFault::Conflict(_) => Self::Busy(key.to_owned()),
            CommitFault::Store(fault) => Self::State(fault),
        }
    }
}

/// Why a name cannot be read, in one sentence.
fn said(unread: &Unread) -> String {
    let list = |names: &[String]| names.join(" or ");
    match unread {
        Unread::UnknownModel { text, nearest, .. } if nearest.is_empty() => format!("no model is called `{text}`"),
        Unread::UnknownModel { text, nearest, .. } => {
            format!("no model is called `{text}`; did you mean {}?", list(nearest))
        }
        Unread::NotAllowed { model, .. } => format!("{model} is not allowed: `agents.defaults.models` says what is"),
        Unread::Ambiguous { text, readings, .. } => format!("`{text}` can be {}", list(readings)),
        Unread::UnknownProfile { name, provider, nearest, .. } if nearest.is_empty() => {
            format!("{provider} has no profile `{name}`")
        }
        Unread::UnknownProfile { name, provider, nearest, .. } => {
            let nearest: Vec<String> = nearest.iter().map(ToString::to_string).collect();
            format!("{provider} has no profile `{name}`; did you mean {}?", list(&nearest))
        }
        Unread::NoProfileNamed { .. } => "a profile has to follow the `@`".to_owned(),
        Unread::ProfileElsewhere { id, belongs_to, wanted, .. } => {
            format!("{id} is a profile of {belongs_to}, not of {wanted}")
        }
    }
}
