//! Where the stores of an agent are kept: in files, or in a vault.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use crate::agent::AgentId;
use crate::profile::auth_store::State;
use crate::profile::auth_store::shelf::{Shelf, legacy};
use crate::profile::medium::Medium;
use crate::profile::seal::Opened;
use crate::profile::vaulted::Vaulted;
use crate::profile::{AuthFile, AuthStore, Document, Origin, StoreFileFault, StorePaths, Vault};

/// A vault, and what the two stores are called in it.
#[derive(Debug, Clone)]
pub(super) struct Vaults {
    vault: Arc<dyn Vault>,
    own: String,
    main: String,
}

impl AuthStore {
    /// The same profiles kept in `vault` instead of in files; [`AuthStore::paths`] then says what they are called there.
    /// Agents whose files would be main's have main's store there too. What the files hold is not looked at.
    #[must_use]
    pub fn with_vault(self, vault: Arc<dyn Vault>) -> Self {
        let (own, main) = (self.paths.agent.as_str().to_owned(), AgentId::main().as_str().to_owned());
        let own = if self.paths.own == self.paths.main { main.clone() } else { own };
        self.within(Vaults { vault, own, main })
    }

    fn within(mut self, vaults: Vaults) -> Self {
        let Vaults { vault, own, main } = &vaults;
        let (own_kept, main_kept) = (Vaulted::new(vault, own), Vaulted::new(vault, main));
        let (own_path, main_path) = (own_kept.path().to_owned(), main_kept.path().to_owned());
        let agent = self.paths.agent.clone();
        let of_main = if own == main { agent.clone() } else { AgentId::main() };
        let state: &mut State = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        state.main = Shelf::new(Medium::Vault(main_kept), &main_path, None, of_main);
        state.own = (own != main).then(|| Shelf::new(Medium::Vault(own_kept), &own_path, None, agent));
        self.paths = StorePaths { own: own_path, main: main_path, oauth: PathBuf::new(), agent: self.paths.agent };
        Self { vaults: Some(vaults), ..self }
    }

    /// With the keys of `other` for what is sealed.
    #[must_use]
    pub fn sealed_like(self, other: &Self) -> Self {
        Self { sealing: Arc::clone(&other.sealing), ..self }
    }

    /// Whether the stores are kept in a vault.
    pub fn is_in_vault(&self) -> bool {
        self.vaults.is_some()
    }

    /// The stores at `paths`, which are another agent's, kept where these are and sealed with the same keys.
    #[must_use]
    pub fn of(&self, paths: StorePaths) -> Self {
        let other = Self::new(paths).sealed_like(self);
        match &self.vaults {
            Some(Vaults { vault, .. }) => other.with_vault(Arc::clone(vault)),
            None => other,
        }
    }

    /// The store of one agent without main's, kept where these are: the one file at `paths`, which are both the same, or
    /// what the agent has in the vault.
    #[cfg(feature = "cli")]
    pub(crate) fn alone(&self, paths: StorePaths) -> Self {
        let name = paths.agent.as_str().to_owned();
        let alone = Self::new(paths);
        match &self.vaults {
            Some(Vaults { vault, .. }) => {
                alone.within(Vaults { vault: Arc::clone(vault), own: name.clone(), main: name })
            }
            None => alone,
        }
    }

    /// Where the store is kept that is called `path`.
    pub(super) fn medium(&self, path: &Path) -> Medium {
        match &self.vaults {
            None => Medium::File(AuthFile::at(path)),
            Some(Vaults { vault, own, main }) => {
                Medium::Vault(Vaulted::new(vault, if path == self.paths.main { main } else { own }))
            }
        }
    }

    /// What one of the agent's two stores itself holds at this very moment.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::read`].
    pub fn stored(&self, origin: &Origin) -> Result<Document, StoreFileFault> {
        self.medium(&origin.path).read()
    }

    /// [`AuthStore::document`] with its secrets open, as far as they open.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::read`].
    pub fn opened(&self, origin: &Origin) -> Result<Document, StoreFileFault> {
        let mut document = self.document(origin)?;
        Opened::open(&mut document, &self.sealing.keys());
        Ok(document)
    }

    /// Makes sure that one of the agent's two stores can be written, without a change of it.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::lock`].
    pub fn prove_writable(&self, origin: &Origin) -> Result<(), StoreFileFault> {
        self.medium(&origin.path).prove_writable()
    }

    /// What the stores of before hold that would stand in for the store at `path`. Nothing does in a vault.
    pub(super) fn legacy(&self, path: &Path) -> Result<Document, StoreFileFault> {
        if self.is_in_vault() {
            return Ok(Document::missing());
        }
        legacy(path, (path == self.paths.main).then_some(self.paths.oauth.as_path()))
    }
}
