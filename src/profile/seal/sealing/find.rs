//! Finding a key: in the keyring, or by a passphrase that is given somewhere.

use std::path::PathBuf;
use std::sync::Arc;

use crate::profile::seal::passphrase::{self, Passphrase};
use crate::profile::seal::sealing::{State, Typed};
use crate::profile::seal::{Cost, KeyName, SealKey, SealTrouble, Sealing};

impl Sealing {
    /// The key called `name`, which is looked for once.
    ///
    /// # Errors
    ///
    /// It cannot be had.
    pub(crate) fn key(&self, name: &KeyName) -> Result<Arc<SealKey>, SealTrouble> {
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
    pub(super) fn kept(&self, state: &mut State, account: &str) -> Result<Option<Arc<SealKey>>, String> {
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
        let given = [Self::next(state), self.usual(state)];
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
    pub(super) fn newest(&self, state: &mut State) -> Result<Passphrase, SealTrouble> {
        let found = match Self::next(state) {
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

    fn next(state: &State) -> Result<Option<Passphrase>, SealTrouble> {
        let read = |path: &PathBuf| passphrase::read(path.display().to_string(), path);
        state.next.as_ref().map(read).transpose()
    }

    /// What is given in one of the usual places, else what the person at the terminal types.
    fn usual(&self, state: &mut State) -> Result<Option<Passphrase>, SealTrouble> {
        if let Some(found) = self.found(state)? {
            return Ok(Some(found));
        }
        if let Typed::NotAsked = state.typed {
            let answer = self.ports.ask.as_ref().and_then(|ask| passphrase::trimmed(&ask()?));
            state.typed = answer.map_or(Typed::Nothing, Typed::This);
        }
        Ok(match &state.typed {
            Typed::This(text) => Some(Passphrase { place: "what was typed".to_owned(), text: text.clone() }),
            Typed::NotAsked | Typed::Nothing => None,
        })
    }

    pub(super) fn found(&self, state: &State) -> Result<Option<Passphrase>, SealTrouble> {
        self.places(state.file.as_deref(), &state.environment).find()
    }
}

/// A place in the keyring, for people who look for it there.
pub(super) fn entry(account: &str) -> String {
    format!("modelpin/{account}")
}
