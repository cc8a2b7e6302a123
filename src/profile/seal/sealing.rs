//! Where the keys are that seal and open, and those that were found.

mod find;
mod make;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;

use crate::config::{AuthConfig, Environment};
use crate::profile::fingerprint::short_hash;
use crate::profile::seal::passphrase::{self, Places};
use crate::profile::seal::{KeyName, Keys, SealKey, SealPorts, SealWith};
use crate::watched::Watched;

/// Where the keys of one state directory are, and those that were found. A key is derived or asked for once.
pub struct Sealing {
    ports: SealPorts,
    /// Under which account of the keyring the key is that new secrets are sealed with.
    account: String,
    prefixes: &'static [&'static str],
    home: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    with: Option<SealWith>,
    file: Option<String>,
    environment: Arc<Environment>,
    /// A file with the passphrase to seal with from now on, where that is not the configured one.
    next: Option<PathBuf>,
    /// What the person at the terminal answered.
    typed: Typed,
    keys: HashMap<KeyName, Arc<SealKey>>,
    /// What the keyring said, by account. It may block, so it is asked once.
    kept: HashMap<String, Result<Option<Arc<SealKey>>, String>>,
    /// The derived key that new secrets are sealed with.
    current: Option<Arc<SealKey>>,
    watched: Option<Watched>,
    turn: u64,
}

impl State {
    /// Notices another passphrase in its file: what is sealed from now on is sealed with that.
    fn look(&mut self) {
        if self.watched.as_mut().is_some_and(Watched::is_due) {
            self.turn += 1;
            self.current = None;
        }
    }
}

/// What the person at the terminal answered, who is asked once.
#[derive(Clone, Default)]
enum Typed {
    #[default]
    NotAsked,
    Nothing,
    This(SecretString),
}

impl fmt::Debug for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealing").field("account", &self.account).finish_non_exhaustive()
    }
}

impl Sealing {
    /// That of the state directory `state_dir`; variables begin with one of `prefixes`.
    pub fn new(ports: SealPorts, state_dir: &Path, prefixes: &'static [&'static str], home: Option<&Path>) -> Self {
        let account = format!("state-{}", short_hash(state_dir.as_os_str().as_encoded_bytes()));
        Self { ports, account, prefixes, home: home.map(Path::to_owned), state: Mutex::default() }
    }

    /// Goes by that configuration and environment from now on. Cheap where both are the same as before.
    pub fn follow(&self, auth: &AuthConfig, environment: &Arc<Environment>) {
        let mut state = self.state();
        let AuthConfig { seal, seal_passphrase_file: file, .. } = auth;
        if state.with == *seal && state.file == *file && Arc::ptr_eq(&state.environment, environment) {
            return;
        }
        let (file, environment) = (file.clone(), Arc::clone(environment));
        let path = self.places(file.as_deref(), &environment).path().map(|(_, path)| path);
        let (watched, turn) = (path.map(|path| Watched::new([path])), state.turn + 1);
        *state = State { with: *seal, file, environment, watched, turn, current: None, ..std::mem::take(&mut state) };
    }

    /// How new secrets are sealed; `None` when they are not.
    pub fn with(&self) -> Option<SealWith> {
        self.state().with
    }

    /// Seals with the passphrase in the file `path` from now on, and opens with it too.
    pub fn seal_with_file(&self, path: &Path) {
        let mut state = self.state();
        (state.next, state.current) = (Some(path.to_owned()), None);
    }

    /// Takes `typed` for what the person at the terminal answered.
    pub fn typed(&self, typed: &SecretString) {
        self.state().typed = passphrase::trimmed(typed).map_or(Typed::Nothing, Typed::This);
    }

    /// Whether the person at the terminal would be asked for a passphrase, since it is given nowhere else.
    pub fn would_ask(&self) -> bool {
        let state = self.state();
        let unasked = self.ports.ask.is_some() && matches!(state.typed, Typed::NotAsked);
        unasked && state.next.is_none() && self.found(&state).is_ok_and(|found| found.is_none())
    }

    /// Nobody is asked any more: the terminal is used for something else from now on.
    pub fn ask_no_more(&self) {
        let mut state = self.state();
        if let Typed::NotAsked = state.typed {
            state.typed = Typed::Nothing;
        }
    }

    /// Changes whenever a key may be found that was not before.
    pub(crate) fn turn(&self) -> u64 {
        let mut state = self.state();
        state.look();
        state.turn
    }

    /// What the operator should know, one sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let state = self.state();
        let path = self.places(state.file.as_deref(), &state.environment).path().map(|(_, path)| path);
        path.iter().chain(&state.next).filter_map(|path| passphrase::exposed(path)).collect()
    }

    /// Asks for what new secrets are sealed with, so that nobody has to be asked when the store is locked. Whether there
    /// was an answer is seen when a key is needed.
    pub(crate) fn warm(&self) {
        let mut state = self.state();
        state.look();
        match state.with {
            Some(SealWith::Keyring) => drop(self.kept(&mut state, &self.account)),
            Some(SealWith::Passphrase) if state.current.is_none() => drop(self.newest(&mut state)),
            Some(SealWith::Passphrase) | None => {}
        }
    }

    /// The keys, each asked for once.
    pub fn keys(&self) -> Keys<'_> {
        Keys::of(self)
    }

    /// The same places, with nothing found yet: what opens with it opens in the next process too.
    #[must_use]
    pub fn anew(&self) -> Self {
        let state = self.state();
        let State { with, file, environment, next, typed, .. } = &*state;
        let (file, environment, next, typed) = (file.clone(), Arc::clone(environment), next.clone(), typed.clone());
        let fresh = State { with: *with, file, environment, next, typed, ..State::default() };
        let (account, home) = (self.account.clone(), self.home.clone());
        Self { ports: self.ports.clone(), account, prefixes: self.prefixes, home, state: Mutex::new(fresh) }
    }

    fn places<'a>(&'a self, file: Option<&'a str>, environment: &'a Environment) -> Places<'a> {
        Places { file, environment, prefixes: self.prefixes, home: self.home.as_deref() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
