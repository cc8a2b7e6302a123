//! What an account keeps, in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard};

use modelpin_chat::BoxFuture;
use modelpin_delivery::{Inbox, InboxFault, Kept, Received, Resumed};
use tokio::sync::watch;

/// Keeps updates as long as it lives, which may be longer than the account is served.
#[derive(Default)]
pub(crate) struct Memory {
    state: Mutex<State>,
    trouble: watch::Sender<Trouble>,
}

/// What is wrong with the disk that it stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// Updates cannot be kept.
    Full,
    /// Nothing that is begun comes to an end.
    Hanging,
}

#[derive(Default)]
struct State {
    last: Option<u64>,
    pending: BTreeMap<u64, String>,
    known: BTreeSet<u64>,
    notes: HashMap<String, String>,
}

impl Memory {
    /// How many are kept and not dealt with.
    pub(crate) fn pending(&self) -> usize {
        self.state().pending.len()
    }

    /// Whether one with that in it is kept and not dealt with.
    pub(crate) fn is_pending(&self, text: &str) -> bool {
        self.state().pending.values().any(|update| update.contains(text))
    }

    /// How many were kept at all.
    pub(crate) fn known(&self) -> usize {
        self.state().known.len()
    }

    /// Whether something was ever remembered under that name.
    pub(crate) fn remembers(&self, name: &str) -> bool {
        self.state().notes.contains_key(name)
    }

    /// From now on, that is wrong with it.
    pub(crate) fn has(&self, trouble: Trouble) {
        self.trouble.send_replace(trouble);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Does `work` at once, or when nothing hangs any more.
    fn when_it_moves<'a, T: Send + 'a>(&'a self, work: impl FnOnce() -> T + Send + 'a) -> BoxFuture<'a, T> {
        Box::pin(async move {
            let mut trouble = self.trouble.subscribe();
            trouble.wait_for(|trouble| *trouble != Trouble::Hanging).await.unwrap();
            work()
        })
    }
}

impl Inbox for Memory {
    fn resume(&self) -> BoxFuture<'_, Result<Resumed, InboxFault>> {
        self.when_it_moves(|| {
            let state = self.state();
            let pending = state.pending.iter().map(|(id, update)| (*id, update.clone())).collect();
            Ok(Resumed { last: state.last, pending })
        })
    }

    fn keep(&self, updates: Vec<Received>) -> BoxFuture<'_, Result<Vec<Kept>, InboxFault>> {
        self.when_it_moves(|| {
            if *self.trouble.borrow() == Trouble::Full {
                return Err(InboxFault("the disk is full".to_owned()));
            }
            let mut state = self.state();
            let mut keep = |Received { id, text, update }: Received| {
                if text.is_some_and(|text| ["sk-test-", "sk-ant-"].iter().any(|key| text.contains(key))) {
                    return Kept::Refused;
                }
                if !state.known.insert(id) {
                    return Kept::Already;
                }
                state.last = state.last.max(Some(id));
                state.pending.insert(id, update);
                Kept::New
            };
            Ok(updates.into_iter().map(&mut keep).collect())
        })
    }

    fn done(&self, id: u64) -> BoxFuture<'_, ()> {
        self.when_it_moves(move || {
            self.state().pending.remove(&id);
        })
    }

    fn recall<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<String>> {
        self.when_it_moves(|| self.state().notes.get(name).cloned())
    }

    fn remember<'a>(&'a self, name: &'a str, value: String) -> BoxFuture<'a, ()> {
        self.when_it_moves(|| {
            self.state().notes.insert(name.to_owned(), value);
        })
    }
}
