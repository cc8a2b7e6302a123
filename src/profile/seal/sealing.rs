//! Where the keys are that seal and open, and those that were found.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;

use crate::config::{AuthConfig, Environment};
use crate::profile::fingerprint::short_hash;
use crate::profile::seal::passphrase::{self, Passphrase, Places};
use crate::profile::seal::{AskPassphrase, Cost, KeyName, Keyring, NoKeyring, SealKey, SealTrouble, SealWith};
use crate::watched::Watched;

/// What keys are asked of, beside files and variables.
#[derive(Clone)]
pub struct SealPorts {
    /// The keyring.
    pub keyring: Arc<dyn Keyring>,
    /// The person at the terminal, where there is one.
    pub ask: Option<AskPassphrase>,
}

impl Default for SealPorts {
    fn default() -> Self {
        Self { keyring: Arc::new(NoKeyring), ask: None }
    }
}

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
    /// What was typed; `Some(None)` when nobody answered, who is not asked again.
    typed: Option<Option<SecretString>>,
    keys: HashMap<KeyName, Arc<SealKey>>,
    /// What the keyring said, by account. It may block, so it is asked once.
    kept: HashMap<String, Result<Option<Arc<SealKey>>, String>>,
    /// The derived key that new secrets are sealed with.
    current: Option<Arc<SealKey>>,
    watched: Option<Watched>,
    turn: u64,
}

/// The key that new secrets are sealed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Whether it had to be made.
    pub made: bool,
    /// Where it is, in words.
    pub place: String,
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
        self.state().typed = Some(passphrase::trimmed(typed));
    }

    /// Whether the person at the terminal would be asked for a passphrase, since it is given nowhere else.
    pub fn would_ask(&self) -> bool {
        let state = self.state();
        self.ports.ask.is_some()
            && state.typed.is_none()
            && state.next.is_none()
            && self.found(&state).is_ok_and(|found| found.is_none())
    }

    /// Nobody is asked any more: the terminal is used for something else from now on.
    pub fn ask_no_more(&self) {
        self.state().typed.get_or_insert(None);
    }

    /// Changes whenever a key may be found that was not before.
    pub(crate) fn turn(&self) -> u64 {
        let mut state = self.state();
        if state.watched.as_mut().is_some_and(Watched::is_due) {
            state.turn += 1;
            state.current = None;
        }
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
        match state.with {
            Some(SealWith::Keyring) => drop(self.kept(&mut state, &self.account)),
            Some(SealWith::Passphrase) if state.current.is_none() => drop(self.newest(&mut state)),
            Some(SealWith::Passphrase) | None => {}
        }
    }

    /// The keys, each asked for once.
    pub fn keys(&self) -> Keys<'_> {
        Keys { sealing: self, seen: RefCell::default() }
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

    /// The key to seal with. `there` are the names of the keys that are in use: one of them is taken again, if it will do.
    ///
    /// # Errors
    ///
    /// There is none, or it cannot be had.
    pub(crate) fn key_to_seal(&self, with: SealWith, there: &[KeyName]) -> Result<Arc<SealKey>, SealTrouble> {
        let mut state = self.state();
        match with {
            SealWith::Keyring => {
                let ours = self.kept(&mut state, &self.account).map_err(|why| {
                    SealTrouble::CannotSeal(format!(
                        "the keyring cannot be reached: {why}. Unlock it and start again, or use `auth.seal: \"passphrase\"`"
                    ))
                })?;
                if let Some(key) = ours {
                    return Ok(key);
                }
                drop(state);
                let kept = there.iter().filter(|name| name.with() == with);
                kept.filter_map(|name| self.key(name).ok()).next().ok_or_else(|| {
                    SealTrouble::CannotSeal(
                        "the keyring has no key for this state directory yet; `modelpin models auth seal` makes one"
                            .to_owned(),
                    )
                })
            }
            SealWith::Passphrase => {
                if let Some(key) = &state.current {
                    return Ok(Arc::clone(key));
                }
                let Passphrase { text, .. } = self.newest(&mut state)?;
                let derived = there.iter().find_map(|name| match name {
                    KeyName::Passphrase { salt, cost: Cost::USUAL, .. } => {
                        SealKey::derived(&text, *salt, Cost::USUAL).ok().filter(|key| key.name() == name)
                    }
                    KeyName::Passphrase { .. } | KeyName::Keyring { .. } => None,
                });
                let key = Arc::new(derived.map_or_else(|| SealKey::newly_derived(&text), Ok)?);
                state.keys.insert(key.name().clone(), Arc::clone(&key));
                state.current = Some(Arc::clone(&key));
                Ok(key)
            }
        }
    }

    /// [`Sealing::key_to_seal`], which is made where there is none yet, and is then where every process finds it.
    ///
    /// # Errors
    ///
    /// It cannot be had, or not be kept.
    pub fn make_ready(&self, with: SealWith, there: &[KeyName]) -> Result<Ready, SealTrouble> {
        if with == SealWith::Passphrase {
            self.key_to_seal(with, there)?;
            let place = self.newest(&mut self.state())?.place;
            return Ok(Ready { made: false, place });
        }
        let refused =
            |why| SealTrouble::CannotSeal(format!("the keyring does not keep a key: {why}. Use `--with passphrase`"));
        let ours = self.kept(&mut self.state(), &self.account).map_err(refused)?;
        let (key, made) = match ours {
            Some(key) => (key, false),
            None => match self.key_to_seal(with, there) {
                Ok(key) => (key, false),
                Err(_) => (Arc::new(SealKey::random()?), true),
            },
        };
        // Under its own name, by which values ask for it, and under the name of this state directory.
        for account in [key.name().id(), self.account.as_str()] {
            self.keep(account, &key).map_err(refused)?;
        }
        Ok(Ready { made, place: format!("the keyring entry {}", entry(key.name().id())) })
    }

    fn keep(&self, account: &str, key: &Arc<SealKey>) -> Result<(), String> {
        let loaded = |kept: Option<SecretString>| kept.as_ref().and_then(SealKey::from_keyring);
        let same = |kept: Option<SealKey>| kept.is_some_and(|kept| kept.name() == key.name());
        if !same(loaded(self.ports.keyring.load(account)?)) {
            self.ports.keyring.keep(account, &key.to_keyring())?;
            // What it cannot give back must not be sealed with.
            if !same(loaded(self.ports.keyring.load(account)?)) {
                return Err("what was kept does not come back".to_owned());
            }
        }
        self.state().kept.insert(account.to_owned(), Ok(Some(Arc::clone(key))));
        Ok(())
    }

    fn key(&self, name: &KeyName) -> Result<Arc<SealKey>, SealTrouble> {
        let mut state = self.state();
        if let Some(key) = state.keys.get(name) {
            return Ok(Arc::clone(key));
        }
        let key = match name {
            KeyName::Keyring { id } => {
                let entry = entry(id);
                match self.kept(&mut state, id) {
                    Err(why) => return Err(SealTrouble::NoKeyring { entry, why }),
                    Ok(None) => return Err(SealTrouble::NoKey { entry }),
                    Ok(Some(key)) if key.name() == name => key,
                    Ok(Some(_)) => return Err(SealTrouble::OtherKey { entry }),
                }
            }
            KeyName::Passphrase { salt, cost, .. } => self.derived(&mut state, name, *salt, *cost)?,
        };
        state.keys.insert(name.clone(), Arc::clone(&key));
        Ok(key)
    }

    /// What the keyring has under `account`.
    fn kept(&self, state: &mut State, account: &str) -> Result<Option<Arc<SealKey>>, String> {
        let keyring = &self.ports.keyring;
        let asked = || match keyring.load(account)? {
            None => Ok(None),
            Some(text) => match SealKey::from_keyring(&text) {
                Some(key) => Ok(Some(Arc::new(key))),
                None => Err("what is kept there is no key".to_owned()),
            },
        };
        state.kept.entry(account.to_owned()).or_insert_with(asked).clone()
    }

    /// The key called `name`, if it follows from a passphrase that is given.
    fn derived(
        &self,
        state: &mut State,
        name: &KeyName,
        salt: [u8; 16],
        cost: Cost,
    ) -> Result<Arc<SealKey>, SealTrouble> {
        let mut trouble = SealTrouble::NoPassphrase;
        let given = [self.next(state), self.usual(state)];
        for (at, given) in given.into_iter().filter_map(Result::transpose).enumerate() {
            match given {
                Err(why) => trouble = why,
                Ok(Passphrase { place, text }) => {
                    let key = Arc::new(SealKey::derived(&text, salt, cost)?);
                    if key.name() == name {
                        if at == 0 && cost == Cost::USUAL && state.current.is_none() {
                            state.current = Some(Arc::clone(&key));
                        }
                        return Ok(key);
                    }
                    trouble = SealTrouble::OtherPassphrase { place };
                }
            }
        }
        Err(trouble)
    }

    /// The passphrase that new secrets are sealed with.
    fn newest(&self, state: &mut State) -> Result<Passphrase, SealTrouble> {
        let found = match self.next(state) {
            Ok(None) => self.usual(state),
            found => found,
        };
        match found {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(SealTrouble::CannotSeal(
                "no passphrase is given: name the file that holds it in `auth.sealPassphraseFile` or in \
                 MODELPIN_SEAL_PASSPHRASE_FILE"
                    .to_owned(),
            )),
            Err(SealTrouble::Unreadable { place, why }) => {
                Err(SealTrouble::CannotSeal(format!("the passphrase in {place} cannot be read: {why}")))
            }
            Err(other) => Err(other),
        }
    }

    fn next(&self, state: &State) -> Result<Option<Passphrase>, SealTrouble> {
        let read = |path: &PathBuf| passphrase::read(path.display().to_string(), path);
        state.next.as_ref().map(read).transpose()
    }

    /// What is given in one of the usual places, else what the person at the terminal types.
    fn usual(&self, state: &mut State) -> Result<Option<Passphrase>, SealTrouble> {
        if let Some(found) = self.found(state)? {
            return Ok(Some(found));
        }
        let ask = || self.ports.ask.as_ref().and_then(|ask| passphrase::trimmed(&ask()?));
        let typed = state.typed.get_or_insert_with(ask).clone();
        Ok(typed.map(|text| Passphrase { place: "what was typed".to_owned(), text }))
    }

    fn found(&self, state: &State) -> Result<Option<Passphrase>, SealTrouble> {
        self.places(state.file.as_deref(), &state.environment).find()
    }

    fn places<'a>(&'a self, file: Option<&'a str>, environment: &'a Environment) -> Places<'a> {
        Places { file, environment, prefixes: self.prefixes, home: self.home.as_deref() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the keyring, for people who look for it there.
fn entry(account: &str) -> String {
    format!("modelpin/{account}")
}

/// The keys of one reading: what was asked for once is not asked for again, found or not.
#[derive(Debug)]
pub struct Keys<'a> {
    sealing: &'a Sealing,
    seen: RefCell<HashMap<KeyName, Result<Arc<SealKey>, SealTrouble>>>,
}

impl Keys<'_> {
    /// The key called `name`.
    ///
    /// # Errors
    ///
    /// It cannot be had.
    pub fn get(&self, name: &KeyName) -> Result<Arc<SealKey>, SealTrouble> {
        if let Some(seen) = self.seen.borrow().get(name) {
            return seen.clone();
        }
        let key = self.sealing.key(name);
        self.seen.borrow_mut().insert(name.clone(), key.clone());
        key
    }
}
