//! What an operator works with: the stores, and the audit of what is done to them.

use std::fmt::Display;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::audit::{Demand, Entry, Kind, Surface};
use crate::profile::AuthStore;
use crate::session::Actor;
use crate::settings::Loaded;
use crate::store::{Audited, Store, StoreFault};

/// What an operator works with.
pub(crate) struct Desk {
    /// The credentials.
    pub(crate) auth_store: Arc<AuthStore>,
    /// The state.
    pub(crate) store: Arc<dyn Store>,
    /// The configuration in force.
    pub(crate) settings: Arc<Loaded>,
    /// Who works at it.
    pub(crate) actor: Actor,
    /// From where.
    pub(crate) surface: Surface,
    /// The moment.
    pub(crate) now: Timestamp,
    /// Why rows are missing from the audit.
    missing: Mutex<Vec<StoreFault>>,
}

/// A change, as the audit tells it.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    /// What kind of thing is changed.
    pub(crate) kind: Kind,
    /// Which one.
    pub(crate) subject: String,
    /// What was there.
    pub(crate) before: Option<String>,
    /// What is to be there.
    pub(crate) after: Option<String>,
    /// How it comes about.
    pub(crate) reason: String,
    /// The profiles that are named in it.
    pub(crate) profiles: Vec<String>,
}

impl Desk {
    /// One for `actor`, who came by `surface`.
    pub(crate) fn new(
        auth_store: Arc<AuthStore>,
        store: Arc<dyn Store>,
        settings: Arc<Loaded>,
        (actor, surface): (Actor, Surface),
        now: Timestamp,
    ) -> Self {
        Self { auth_store, store, settings, actor, surface, now, missing: Mutex::default() }
    }

    /// What has to be said of what was done: which rows are missing from the audit, and why.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        missing.iter().map(|fault| format!("this change is missing from the audit: {fault}")).collect()
    }

    /// The row for `deed`, as it goes with a change in the state.
    pub(crate) fn demand(&self, deed: Deed) -> Demand {
        Demand { entry: self.entry(deed), required: self.settings.config.audit.required }
    }

    fn entry(&self, deed: Deed) -> Entry {
        let Deed { kind, subject, before, after, reason, profiles } = deed;
        let (actor, surface) = (self.actor.clone(), self.surface);
        let subject = Some(subject);
        Entry { at: self.now, actor, surface, kind, session: None, subject, before, after, reason, profiles }
    }

    /// What a change made, with what is missing from the audit noted.
    pub(crate) fn noted<T>(&self, audited: Audited<T>) -> T {
        if let Some(fault) = audited.unaudited {
            self.miss(fault);
        }
        audited.value
    }

    fn miss(&self, fault: StoreFault) {
        tracing::error!(%fault, "a change is not in the audit");
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    /// Does something that is not in the state. Its row is written first, so that there is no change without a row where one
    /// is required; if it then comes to nothing, a second row says so.
    ///
    /// # Errors
    /// It could not be done, or its row could not be written and is required.
    pub(crate) async fn audited<T, E>(&self, deed: Deed, doing: impl Future<Output = Result<T, E>>) -> Result<T, E>
    where
        E: From<StoreFault> + Display,
    {
        let entry = self.entry(deed);
        let is_written = match self.store.log_change(entry.clone()).await {
            Ok(_) => true,
            Err(fault) if self.settings.config.audit.required => {
                return Err(StoreFault::Unaudited { why: fault.to_string() }.into());
            }
            Err(fault) => {
                self.miss(fault);
                false
            }
        };
        let done = doing.await;
        if let (Err(fault), true) = (&done, is_written) {
            let Entry { before, .. } = &entry;
            let undone = Entry { after: before.clone(), reason: format!("not done: {fault}"), ..entry };
            if let Err(fault) = self.store.log_change(undone).await {
                self.miss(fault);
            }
        }
        done
    }
}
