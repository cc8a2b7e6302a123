//! One auth store in a vault: read and written without a lock, by comparing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::zeroize::Zeroizing;

use crate::profile::file::{ATTEMPTS, Change};
use crate::profile::seal::is_blank;
use crate::profile::{Document, Kept, SealTrouble, SealWith, Sealed, Seen, StoreFileFault, Vault, Written, is_sealed};
use crate::redact;

/// One auth store in a vault.
#[derive(Debug, Clone)]
pub(crate) struct Vaulted {
    vault: Arc<dyn Vault>,
    name: String,
    path: PathBuf,
}

impl Vaulted {
    pub(crate) fn new(vault: &Arc<dyn Vault>, name: &str) -> Self {
        Self { vault: Arc::clone(vault), name: name.to_owned(), path: vault.place(name) }
    }

    /// What it is called where people read it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it at this very moment.
    ///
    /// # Errors
    ///
    /// It cannot be asked for, or is no store.
    pub(crate) fn read(&self) -> Result<Document, StoreFileFault> {
        self.document(self.vault.load(&self.name)?.as_ref())
    }

    /// What was in it at the last look. Waits for an answer the first time only.
    pub(crate) fn seen(&self) -> Seen {
        self.vault.seen(&self.name).unwrap_or_else(|| match self.vault.load(&self.name) {
            Ok(kept) => Seen { kept, trouble: None },
            Err(fault) => Seen { kept: None, trouble: Some(fault) },
        })
    }

    /// # Errors
    ///
    /// The text is no store.
    pub(crate) fn document(&self, kept: Option<&Kept>) -> Result<Document, StoreFileFault> {
        let Some(kept) = kept else { return Ok(Document::missing()) };
        Document::parse(kept.text.as_bytes(), &self.path).inspect(|document| redact::learn(&document.secrets()))
    }

    /// # Errors
    ///
    /// It could not be written.
    pub(crate) fn prove_writable(&self) -> Result<(), StoreFileFault> {
        self.vault.may_put(&self.name)
    }

    /// Applies `change` to what is there, and then `check` to what would be read back. Where that says no, nothing is
    /// written, and `None` is returned. `change` is applied again where somebody else was quicker.
    ///
    /// # Errors
    ///
    /// As [`crate::profile::AuthFile::edit`]; also when a secret would be written that is not sealed.
    pub(crate) fn write<T>(
        &self,
        mut change: impl FnMut(&mut Document) -> Change<T>,
        mut check: impl FnMut(&Document, &T) -> bool,
    ) -> Result<Option<Written<T>>, StoreFileFault> {
        let path = self.path.clone();
        for _ in 0..ATTEMPTS {
            let before = self.vault.load(&self.name)?;
            let found = self.document(before.as_ref())?;
            let mut wanted = found.clone();
            let Change { value, stands } = change(&mut wanted);
            if !stands || wanted == found {
                return Ok(Some(Written { path, changed: false, value }));
            }
            self.refuse_what_is_open(&mut wanted)?;
            let bytes = Zeroizing::new(wanted.into_bytes());
            let written = Document::parse(&bytes, &path)?;
            let Ok(text) = std::str::from_utf8(&bytes) else { return Err(StoreFileFault::NotVerified { path }) };
            if !check(&written, &value) {
                return Ok(None);
            }
            if self.vault.put(&self.name, before.map(|kept| kept.revision), text)? {
                return Ok(Some(Written { path, changed: true, value }));
            }
        }
        Err(StoreFileFault::Contended { path })
    }

    /// Whoever reads the database, its backups or the wire to it must not find a secret; and a key that only one machine
    /// has is of no use to the others.
    fn refuse_what_is_open(&self, document: &mut Document) -> Result<(), StoreFileFault> {
        let sealed = document.try_each_secret(|_, _, value| match value.parse::<Sealed>() {
            Ok(sealed) if sealed.key.with() == SealWith::Keyring => Err(SealTrouble::NotForOthers),
            // What a newer modelpin has sealed, or what was damaged: no secret to whoever sees it.
            Ok(_) | Err(_) if is_sealed(value) => Ok(()),
            Ok(_) | Err(_) => Err(SealTrouble::InTheClear),
        });
        // Also under names that are not ours to seal.
        let all = sealed
            .and_then(|()| if document.secrets().iter().all(is_blank) { Ok(()) } else { Err(SealTrouble::InTheClear) });
        all.map_err(|why| StoreFileFault::NotSealed { path: self.path.clone(), why })
    }
}
