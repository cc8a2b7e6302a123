//! A keyring that is kept in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use modelpin::profile::Keyring;
use secrecy::SecretString;

/// A keyring that is kept in memory, shared by its clones as by the processes of one person.
#[derive(Clone, Default)]
pub(crate) struct MemoryKeyring {
    kept: Arc<Mutex<BTreeMap<String, SecretString>>>,
    asked: Arc<Mutex<Vec<String>>>,
    broken: Arc<Mutex<Option<String>>>,
}

impl MemoryKeyring {
    /// It cannot be reached from now on, for that reason.
    pub(crate) fn breaks(&self, why: &str) {
        *self.broken.lock().unwrap() = Some(why.to_owned());
    }

    /// Everything in it is lost.
    pub(crate) fn is_emptied(&self) {
        self.kept.lock().unwrap().clear();
    }

    /// What `from` was kept as is now kept as `to`.
    pub(crate) fn swap(&self, from: &str, to: &str) {
        let mut kept = self.kept.lock().unwrap();
        let secret = kept[from].clone();
        kept.insert(to.to_owned(), secret);
    }

    /// The names of what is in it.
    pub(crate) fn accounts(&self) -> Vec<String> {
        self.kept.lock().unwrap().keys().cloned().collect()
    }

    /// How often it was asked for something.
    pub(crate) fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Keyring for MemoryKeyring {
    fn load(&self, account: &str) -> Result<Option<SecretString>, String> {
        self.asked.lock().unwrap().push(account.to_owned());
        match &*self.broken.lock().unwrap() {
            Some(why) => Err(why.clone()),
            None => Ok(self.kept.lock().unwrap().get(account).cloned()),
        }
    }

    fn keep(&self, account: &str, secret: &SecretString) -> Result<(), String> {
        if let Some(why) = &*self.broken.lock().unwrap() {
            return Err(why.clone());
        }
        self.kept.lock().unwrap().insert(account.to_owned(), secret.clone());
        Ok(())
    }
}
