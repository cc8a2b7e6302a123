//! Where an auth store is kept: in a file, or in a vault.

use crate::profile::file::Change;
use crate::profile::vaulted::Vaulted;
use crate::profile::{AuthFile, Document, StoreFileFault, Written};

/// Where an auth store is kept.
#[derive(Debug, Clone)]
pub(crate) enum Medium {
    /// In a file of this machine, which other programs share.
    File(AuthFile),
    /// In a vault, which other machines share.
    Vault(Vaulted),
}

impl Medium {
    /// What is in it at this very moment.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::read`].
    pub(crate) fn read(&self) -> Result<Document, StoreFileFault> {
        match self {
            Self::File(file) => file.read(),
            Self::Vault(vaulted) => vaulted.read(),
        }
    }

    /// Changes it, by a change that may turn out not to be one.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::edit`].
    pub(crate) fn write<T>(
        &self,
        change: impl FnMut(&mut Document) -> Change<T>,
    ) -> Result<Written<T>, StoreFileFault> {
        match self {
            Self::File(file) => file.lock()?.write_what_stands(change),
            Self::Vault(vaulted) => {
                let written = vaulted.write(change, |_, _| true)?;
                written.ok_or_else(|| StoreFileFault::NotVerified { path: vaulted.path().to_owned() })
            }
        }
    }

    /// The same, and then `check` over what is read back. Where it says no, all is as it was, and `None` is returned.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::edit`].
    pub(crate) fn write_checked<T>(
        &self,
        change: impl FnMut(&mut Document) -> Change<T>,
        check: impl FnMut(&Document, &T) -> bool,
    ) -> Result<Option<Written<T>>, StoreFileFault> {
        match self {
            Self::File(file) => file.lock()?.write_checked(change, check),
            Self::Vault(vaulted) => vaulted.write(change, check),
        }
    }

    /// Makes sure that it could be written, without a change of it.
    ///
    /// # Errors
    ///
    /// It could not.
    pub(crate) fn prove_writable(&self) -> Result<(), StoreFileFault> {
        match self {
            Self::File(file) => file.lock().map(drop),
            Self::Vault(vaulted) => vaulted.prove_writable(),
        }
    }
}
