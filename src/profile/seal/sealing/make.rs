//! The key that new secrets are sealed with.

use std::sync::Arc;

use secrecy::SecretString;

use crate::profile::seal::passphrase::Passphrase;
use crate::profile::seal::sealing::find::entry;
use crate::profile::seal::{Cost, KeyName, Ready, SealKey, SealTrouble, SealWith, Sealing};

impl Sealing {
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
                let mut kept = there.iter().filter(|name| name.with() == with);
                kept.find_map(|name| self.key(name).ok()).ok_or_else(|| {
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

    /// Makes sure that there is a key to seal with: it is made where there is none yet, and kept where every process finds
    /// it.
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
}
