//! The port to a database that keeps auth stores, for machines that share them.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::profile::StoreFileFault;

/// One version of an auth store in a vault. Its `Debug` form shows nothing of the text.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// Which version: grows with each change, also over a row that was taken away and made anew.
    pub revision: i64,
    /// The document as JSON, every secret in it sealed.
    pub text: Arc<str>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// What is known of an auth store without asking for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// What was there when it was last looked; `None` where there was nothing, or nobody could look yet.
    pub kept: Option<Kept>,
    /// Why it could not be looked at since then.
    pub trouble: Option<StoreFileFault>,
}

/// Keeps auth stores by name, for every machine that reaches it. Nothing is locked: who writes says what was read, and is
/// told when that is no longer there.
///
/// All but [`Vault::seen`] and [`Vault::place`] wait for the answer, so callers on a runtime ask from a thread that may.
pub trait Vault: fmt::Debug + Send + Sync {
    /// What the store `name` is called where people read it: an address without a password.
    fn place(&self, name: &str) -> PathBuf;

    /// What is there at this very moment; `None` when nothing is.
    ///
    /// # Errors
    ///
    /// [`StoreFileFault::Away`] when it cannot be asked, or what else it said.
    fn load(&self, name: &str) -> Result<Option<Kept>, StoreFileFault>;

    /// Puts `text` in the place of the version `before`, or of nothing. Returns whether that was still there; otherwise
    /// nothing was done.
    ///
    /// # Errors
    ///
    /// As [`Vault::load`]. After [`StoreFileFault::Away`] it is open whether the text was put there.
    fn put(&self, name: &str, before: Option<i64>, text: &str) -> Result<bool, StoreFileFault>;

    /// Makes sure that the store `name` could be changed, without a change of it.
    ///
    /// # Errors
    ///
    /// It could not.
    fn may_put(&self, name: &str) -> Result<(), StoreFileFault>;

    /// What was there at the last look, which is repeated within a second by itself. Never waits. `None` before somebody
    /// has asked for that name.
    fn seen(&self, name: &str) -> Option<Seen>;
}
