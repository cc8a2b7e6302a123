//! The names of the profiles, indexed once per state of the store.

use std::sync::{Arc, Mutex, PoisonError};

use crate::catalog::ProfileIndex;
use crate::profile::Profiles;

/// Keeps the index of the profiles that were asked for last.
#[derive(Default)]
pub(crate) struct ProfileNames {
    last: Mutex<Option<(Arc<Profiles>, Arc<ProfileIndex>)>>,
}

impl ProfileNames {
    /// The index of `profiles`, made anew only when the store was read anew.
    pub(crate) fn of(&self, profiles: &Arc<Profiles>) -> Arc<ProfileIndex> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, index)) if Arc::ptr_eq(known, profiles) => index.clone(),
            _ => {
                let index = Arc::new(ProfileIndex::new(profiles));
                *last = Some((profiles.clone(), index.clone()));
                index
            }
        }
    }
}
