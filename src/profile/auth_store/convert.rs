//! Sealing and unsealing the files of a store.

use std::fs;
use std::path::PathBuf;

use crate::profile::auth_store::shelf::auth_json;
use crate::profile::file::Change;
use crate::profile::seal::convert::{Count, Refused, seal_all, unseal_all};
use crate::profile::seal::{KeyName, Opened};
use crate::profile::{AuthStore, Converted, Document, Origin, Presence, SealWith, StoreFileFault};
use crate::replace::beside;

impl AuthStore {
    /// The agent's own store, and main's where that is another one.
    pub fn files(&self) -> Vec<Origin> {
        let (own, main) = (self.own(), self.main());
        if own.path == main.path { vec![own] } else { vec![own, main] }
    }

    /// The keys that secrets in these files are sealed with, as far as they open.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::read`](crate::profile::AuthFile::read).
    pub fn keys_in_use(&self) -> Result<Vec<KeyName>, StoreFileFault> {
        let mut names = Vec::new();
        for origin in self.files() {
            let mut document = self.stored(&origin)?;
            names.extend(Opened::open(&mut document, &self.sealing().keys()).in_use());
        }
        Ok(names)
    }

    /// Seals every secret in one of the agent's two stores; `None` when it is not there.
    ///
    /// That every secret opens again, as it was, is made sure of before the file is replaced. What is sealed with that key
    /// stays as it is, byte for byte; what another key has sealed is sealed anew.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::edit`](crate::profile::AuthFile::edit); the file is then as it was.
    pub fn seal(&self, origin: &Origin, with: SealWith) -> Result<Option<Converted>, StoreFileFault> {
        self.convert(origin, |document| seal_all(document, self.sealing(), with, &origin.path))
    }

    /// Unseals every secret in one of the agent's two stores; `None` when it is not there.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::edit`](crate::profile::AuthFile::edit); the file is then as it was.
    pub fn unseal(&self, origin: &Origin) -> Result<Option<Converted>, StoreFileFault> {
        self.convert(origin, |document| unseal_all(document, self.sealing(), &origin.path))
    }

    fn convert(
        &self,
        origin: &Origin,
        mut convert: impl FnMut(&mut Document) -> Result<Count, Refused>,
    ) -> Result<Option<Converted>, StoreFileFault> {
        if self.stored(origin)?.presence() == Presence::Missing {
            return Ok(None);
        }
        let written = self.medium(&origin.path).write(|document| Change::made(convert(document)))?;
        let Count { converted, already, closed } = written.value.map_err(|why| why.fault(&origin.path))?;
        Ok(Some(Converted { path: written.path, changed: written.changed, converted, already, closed }))
    }

    /// Files around the stores that hold secrets as they are, whatever is sealed: the stores of before, and copies.
    pub fn plain_leftovers(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        if self.is_in_vault() {
            return found;
        }
        for Origin { path, .. } in self.files() {
            found.push(auth_json(&path));
            let name = beside(&path, "").file_name().unwrap_or_default().to_string_lossy().into_owned();
            let beside = path.parent().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
            let mut copies: Vec<PathBuf> = beside
                .filter(|entry| {
                    let copy = entry.file_name().to_string_lossy().strip_prefix(&name).map(str::to_owned);
                    copy.is_some_and(|copy| copy != "lock" && copy != "modelpin-lock")
                })
                .map(|entry| entry.path())
                .collect();
            copies.sort();
            found.append(&mut copies);
        }
        found.push(self.paths().oauth.clone());
        found.retain(|path| path.is_file());
        found
    }
}
