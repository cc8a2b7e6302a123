//! The profiles of one agent: its own store read over main's.

mod bring;
mod convert;
mod kept;
mod shelf;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::agent::AgentId;
use crate::catalog::ProviderId;
use crate::profile::file::Change;
use crate::profile::medium::Medium;
use crate::profile::seal::Opened;
use crate::profile::wire::Stored;
use crate::profile::{
    AuthFile, Document, External, ExternalCli, ExternalPaths, Origin, Presence, Profile, ProfileId, Profiles,
    RenewedGrant, SealPorts, SealTrouble, Sealing, StoreFileFault, Written,
};
use kept::Vaults;
use shelf::Shelf;

/// Where the stores of one agent are. Nothing is looked for anywhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorePaths {
    /// The agent's own `auth-profiles.json`.
    pub own: PathBuf,
    /// Main's `auth-profiles.json`; the same as `own` for main.
    pub main: PathBuf,
    /// The `oauth.json` of before.
    pub oauth: PathBuf,
    /// The agent.
    pub agent: AgentId,
}

/// What an agent has at the moment.
#[derive(Debug, Clone)]
pub struct Current {
    /// Its profiles: as they are on disk, or as they last were where `trouble` is reported.
    pub profiles: Arc<Profiles>,
    /// The files that could not be read.
    pub trouble: Vec<StoreFileFault>,
}

/// The profiles of one agent: its own store read over main's by reference; nothing is copied between them.
///
/// `auth.json` and `oauth.json` are read where a store file is absent, and go along when it is first written. The logins of
/// other programs are read over all of it, where they are.
#[derive(Debug)]
pub struct AuthStore {
    paths: StorePaths,
    /// Whether the person opted in to renewing Claude Code's login.
    write_back: AtomicBool,
    sealing: Arc<Sealing>,
    /// `None` where they are files.
    vaults: Option<Vaults>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    main: Shelf,
    /// `None` for main itself.
    own: Option<Shelf>,
    external: External,
    merged: Current,
}

/// What a change returned, and why its secrets could not be sealed, if so.
type Attempted<T> = (T, Option<SealTrouble>);

impl AuthStore {
    /// The store at `paths`. Nothing is read yet.
    pub fn new(paths: StorePaths) -> Self {
        let apart = paths.own != paths.main;
        let agent = if apart { AgentId::main() } else { paths.agent.clone() };
        let file = |path: &Path| Medium::File(AuthFile::at(path));
        let main = Shelf::new(file(&paths.main), &paths.main, Some(&paths.oauth), agent);
        let own = apart.then(|| Shelf::new(file(&paths.own), &paths.own, None, paths.agent.clone()));
        let merged = Current { profiles: Arc::default(), trouble: Vec::new() };
        let state = State { main, own, external: External::default(), merged };
        let sealing = Arc::new(Sealing::new(SealPorts::default(), Path::new(""), &[], None));
        Self { paths, write_back: AtomicBool::new(false), sealing, vaults: None, state: Mutex::new(state) }
    }

    /// With the logins of other programs that are at `paths`.
    #[must_use]
    pub fn with_external(mut self, paths: &ExternalPaths) -> Self {
        let external = External::new(paths, &self.paths.agent);
        self.state.get_mut().unwrap_or_else(PoisonError::into_inner).external = external;
        self
    }

    /// With these keys for what is sealed.
    #[must_use]
    pub fn with_sealing(self, sealing: Sealing) -> Self {
        Self { sealing: Arc::new(sealing), ..self }
    }

    /// Where the keys are that seal and open, and whether new secrets are sealed.
    pub fn sealing(&self) -> &Sealing {
        &self.sealing
    }

    /// Says whether the person opted in (`auth.claudeCli.writeBack`) to Claude Code's login being renewed here. Only then
    /// is its refresh token kept.
    pub fn allow_write_back(&self, allowed: bool) {
        self.write_back.store(allowed, Ordering::Relaxed);
    }

    /// What was last said by [`AuthStore::allow_write_back`]; no, at first.
    pub fn may_write_back(&self) -> bool {
        self.write_back.load(Ordering::Relaxed)
    }

    /// Where the files are.
    pub fn paths(&self) -> &StorePaths {
        &self.paths
    }

    /// The profiles as they are now. Cheap: a look at the files' times; they are read again only after a change. In a vault
    /// they are as they were within the last second, and nobody waits for it but who asks first of all.
    ///
    /// A file that cannot be read does not take its profiles away: its last good content stays, and the fault is
    /// returned along with it. Nothing is locked and nothing is written.
    pub fn current(&self) -> Current {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let main = state.main.refresh(&self.sealing);
        let own = state.own.as_mut().is_some_and(|own| own.refresh(&self.sealing));
        let external = state.external.refresh(self.may_write_back());
        if main || own || external {
            state.merged = merge(&state.main, state.own.as_ref(), &state.external);
        }
        state.merged.clone()
    }

    /// The store that a change of the profile `id` must go to: the one it is in. `None` for a profile that is in neither:
    /// an unknown one, or the login of another program, which is never changed like a store.
    pub fn owner_of(&self, id: &ProfileId) -> Option<Origin> {
        self.store_with(|shelf| shelf.stored().profiles.contains_key(id))
    }

    /// The profile `id` as it is on disk at this very moment, whatever was read before; `None` when it is not there.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::read`].
    pub fn on_disk(&self, id: &ProfileId) -> Result<Option<Profile>, StoreFileFault> {
        let Some(origin) = self.owner_of(id) else { return Ok(None) };
        let document = self.document(&origin)?;
        Ok(Stored::of(&document, &Arc::new(origin), &self.sealing.keys())
            .profiles
            .swap_remove(id)
            .map(Arc::unwrap_or_clone))
    }

    /// What one of the agent's two stores holds at this very moment, or what stands in for it.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::read`].
    pub fn document(&self, origin: &Origin) -> Result<Document, StoreFileFault> {
        let document = self.stored(origin)?;
        if document.presence() == Presence::Missing { self.legacy(&origin.path) } else { Ok(document) }
    }

    /// Puts renewed tokens into the profile `id`, in the file that owns it, if its refresh token is still the one that was
    /// used; anything else there is newer and stays. Returns whether they were put there.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::edit`].
    pub fn renew(&self, id: &ProfileId, renewed: &RenewedGrant) -> Result<bool, StoreFileFault> {
        let written = self.edit_owner(id, |document| document.renew_grant(id, renewed))?;
        Ok(written.is_some_and(|written| written.value))
    }

    /// The store that the explicit order of `provider` comes from; `None` when there is none.
    pub fn order_owner(&self, provider: &ProviderId) -> Option<Origin> {
        self.store_with(|shelf| shelf.stored().order.contains_key(provider))
    }

    /// The agent's own store if it has what is looked for, else main's if that has it.
    fn store_with(&self, has: impl Fn(&Shelf) -> bool) -> Option<Origin> {
        let _ = self.current();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.own.as_ref().is_some_and(&has) {
            Some(self.own())
        } else if has(&state.main) {
            Some(self.store_of(state.main.agent()))
        } else {
            None
        }
    }

    /// The login of `cli` as it is now, if there is one of use, and what main's store has under its id.
    pub(crate) fn external(&self, cli: ExternalCli) -> (Option<Profile>, Option<Profile>) {
        let _ = self.current();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (
            state.external.profile(cli),
            state.main.stored().profiles.get(&cli.profile_id()).map(|held| held.as_ref().clone()),
        )
    }

    /// Main's store.
    pub fn main(&self) -> Origin {
        self.store_of(&AgentId::main())
    }

    /// The agent's own store, where new profiles and its order go.
    pub fn own(&self) -> Origin {
        Origin { agent: self.paths.agent.clone(), path: self.paths.own.clone(), managed_by: None }
    }

    /// Changes the agent's own store.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::edit`].
    pub fn edit_own<T>(&self, change: impl FnMut(&mut Document) -> T) -> Result<Written<T>, StoreFileFault> {
        self.edit(&self.own(), change)
    }

    /// Changes the store that the profile `id` is in; `None` for an unknown profile.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::edit`].
    pub fn edit_owner<T>(
        &self,
        id: &ProfileId,
        change: impl FnMut(&mut Document) -> T,
    ) -> Result<Option<Written<T>>, StoreFileFault> {
        self.owner_of(id).map(|origin| self.edit(&origin, change)).transpose()
    }

    /// Changes one of the agent's two stores. A file that is not there yet begins with what `auth.json` and `oauth.json`
    /// hold, which nobody would read any more once it is there.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::edit`]; also when one of those two does not parse, because its content would be hidden.
    pub fn edit<T>(
        &self,
        origin: &Origin,
        change: impl FnMut(&mut Document) -> T,
    ) -> Result<Written<T>, StoreFileFault> {
        let change = self.whole_change(origin, change)?;
        settled(self.medium(&origin.path).write(change)?)
    }

    /// [`AuthStore::edit`], and then `check` over what is read back, its secrets open. Where it says no, the file is as it
    /// was, to the byte, and `None` is returned.
    ///
    /// # Errors
    ///
    /// As [`AuthStore::edit`].
    pub fn edit_checked<T>(
        &self,
        origin: &Origin,
        change: impl FnMut(&mut Document) -> T,
        mut check: impl FnMut(&Document, &T) -> bool,
    ) -> Result<Option<Written<T>>, StoreFileFault> {
        let change = self.whole_change(origin, change)?;
        let written = self.medium(&origin.path).write_checked(change, |document, (value, _)| {
            let mut open = document.clone();
            Opened::open(&mut open, &self.sealing.keys());
            check(&open, value)
        })?;
        written.map(settled).transpose()
    }

    /// `change` as it is made to what the file holds: a file that is not there yet begins with the stores of before, and
    /// secrets are open while it is made and sealed after that. Where they could not be, nothing is changed, and why is
    /// returned beside what `change` returned.
    fn whole_change<'a, T>(
        &'a self,
        origin: &Origin,
        mut change: impl FnMut(&mut Document) -> T + 'a,
    ) -> Result<impl FnMut(&mut Document) -> Change<Attempted<T>> + 'a, StoreFileFault> {
        let legacy = if !self.is_in_vault() && std::fs::exists(&origin.path).unwrap_or(true) {
            Document::missing()
        } else {
            self.legacy(&origin.path)?
        };
        // Before the lock is taken: a person may have to be waited for.
        self.sealing.warm();
        Ok(move |document: &mut Document| {
            // The change is made to what is open in memory, and knows nothing of seals.
            let opened = Opened::open(document, &self.sealing.keys());
            let begun = document.begin_with(&legacy);
            // Stores are large where memory is small: a copy of what the file holds anyway is not kept.
            let seeded = (begun || opened.is_any()).then(|| document.clone());
            let value = change(document);
            // Only a change that is one brings the old stores along.
            if seeded.is_some_and(|seeded| seeded == *document) {
                return Change { value: (value, None), stands: false };
            }
            let sealed = match opened.stray(document) {
                // Others that share it could not open what is sealed here.
                Some(why) if self.is_in_vault() => Err(why),
                Some(_) | None => opened.close(document, &self.sealing),
            };
            match sealed {
                Ok(()) => Change::made((value, None)),
                Err(why) => Change { value: (value, Some(why)), stands: false },
            }
        })
    }

    /// Makes sure that a renewed secret could be kept in one of the agent's two stores: that it can be written, and that
    /// there is a key where secrets are sealed.
    ///
    /// # Errors
    ///
    /// As [`AuthStore::edit`].
    pub fn prepare(&self, origin: &Origin) -> Result<(), StoreFileFault> {
        self.edit(origin, |_| ())?;
        if self.is_in_vault() {
            self.prove_writable(origin)?;
        }
        let Some(with) = self.sealing.with() else { return Ok(()) };
        let mut document = self.stored(origin)?;
        let in_use = Opened::open(&mut document, &self.sealing.keys()).in_use();
        let key = self.sealing.key_to_seal(with, &in_use);
        key.map(drop).map_err(|why| StoreFileFault::NotSealed { path: origin.path.clone(), why })
    }

    /// Keeps a copy of each store file that does not parse; for long-running programs and `doctor`, because
    /// [`AuthStore::current`] writes nothing. Returns where the copies are.
    pub fn keep_corrupt_copies(&self) -> Vec<PathBuf> {
        if self.is_in_vault() {
            return Vec::new();
        }
        let mut paths = vec![&self.paths.own];
        if self.paths.main != self.paths.own {
            paths.push(&self.paths.main);
        }
        paths.into_iter().filter_map(|path| AuthFile::at(path).keep_corrupt_copy()).collect()
    }

    fn store_of(&self, agent: &AgentId) -> Origin {
        if *agent == self.paths.agent {
            self.own()
        } else {
            Origin { agent: agent.clone(), path: self.paths.main.clone(), managed_by: None }
        }
    }
}

/// What was written, unless the secrets in it could not be sealed.
fn settled<T>(written: Written<Attempted<T>>) -> Result<Written<T>, StoreFileFault> {
    let Written { path, changed, value: (value, refused) } = written;
    match refused {
        None => Ok(Written { path, changed, value }),
        Some(why) => Err(StoreFileFault::NotSealed { path, why }),
    }
}

/// Main's first, in file order; the agent's own over them, key by key; the logins of other programs over both.
fn merge(main: &Shelf, own: Option<&Shelf>, external: &External) -> Current {
    let shelves: Vec<&Shelf> = std::iter::once(main).chain(own).collect();
    let mut profiles = Profiles::default();
    for stored in shelves.iter().map(|shelf| shelf.stored()) {
        profiles.by_id.reserve(stored.profiles.len());
        profiles.by_id.extend(stored.profiles.iter().map(|(id, profile)| (id.clone(), profile.clone())));
        profiles.order.extend(stored.order.iter().map(|(provider, ids)| (provider.clone(), ids.clone())));
        profiles.usage.extend(stored.usage.iter().map(|(id, usage)| (id.clone(), usage.clone())));
        profiles.rejected.extend(stored.rejected.iter().cloned());
    }
    external.lay_over(&mut profiles);
    let trouble = shelves.iter().flat_map(|shelf| shelf.trouble()).cloned().collect();
    Current { profiles: Arc::new(profiles), trouble }
}
