//! Bringing a file into a store that several machines share, and out of it again.

use crate::profile::seal::Opened;
use crate::profile::{AuthStore, Closed, Document, Moved, Origin, StoreFileFault, Written};

impl AuthStore {
    /// `document` with every secret open.
    ///
    /// # Errors
    ///
    /// Those that do not open.
    pub fn open_all(&self, document: &Document) -> Result<Document, Vec<Closed>> {
        let mut open = document.clone();
        let opened = Opened::open(&mut open, &self.sealing().keys());
        if opened.closed.is_empty() {
            return Ok(open);
        }
        Err(opened.closed.into_iter().map(|(profile, why)| Closed { profile, why }).collect())
    }

    /// What would become of everything in `from`, whose secrets are open, if it were brought into one of the agent's two
    /// stores.
    ///
    /// # Errors
    ///
    /// As [`AuthStore::document`].
    pub fn would_bring(&self, origin: &Origin, from: &Document, replace: bool) -> Result<Moved, StoreFileFault> {
        Ok(self.opened(origin)?.bring(from, replace))
    }

    /// Brings everything in `from`, whose secrets are open, into one of the agent's two stores, sealed where that seals. That
    /// every profile opens there as it came is made sure of before it stays.
    ///
    /// # Errors
    ///
    /// As [`AuthStore::edit`]; the store is then as it was.
    pub fn bring(&self, origin: &Origin, from: &Document, replace: bool) -> Result<Written<Moved>, StoreFileFault> {
        let written = self.edit_checked(
            origin,
            |document| document.bring(from, replace),
            |found, moved| {
                let entry = |document: &Document, id: &String| Some(document.section("profiles")?.get(id)?.clone());
                let mut taken = moved.added.iter().chain(&moved.replaced);
                taken.all(|id| entry(found, id).is_some() && entry(found, id) == entry(from, id))
            },
        )?;
        written.ok_or_else(|| StoreFileFault::NotVerified { path: origin.path.clone() })
    }
}
