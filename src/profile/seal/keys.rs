//! The keys of one reading.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::profile::seal::{KeyName, SealKey, SealTrouble, Sealing};

/// The keys of one reading: what was asked for once is not asked for again, found or not.
#[derive(Debug)]
pub struct Keys<'a> {
    sealing: &'a Sealing,
    seen: RefCell<HashMap<KeyName, Result<Arc<SealKey>, SealTrouble>>>,
}

impl<'a> Keys<'a> {
    pub(crate) fn of(sealing: &'a Sealing) -> Self {
        Self { sealing, seen: RefCell::default() }
    }

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
