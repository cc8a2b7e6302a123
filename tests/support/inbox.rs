//! What an account keeps, in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;

use modelpin_chat::BoxFuture;
use modelpin_delivery::{Inbox, InboxFault, Kept, Received, Resumed};

/// Keeps updates as long as it lives, which may be longer than the account is served.
#[derive(Default)]
pub(crate) struct Memory(Mutex<State>);

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
        self.0.lock().unwrap().pending.len()
    }

    /// Whether one with that in it is kept and not dealt with.
    pub(crate) fn is_pending(&self, text: &str) -> bool {
        self.0.lock().unwrap().pending.values().any(|update| update.contains(text))
    }

    /// How many were kept at all.
    pub(crate) fn known(&self) -> usize {
        self.0.lock().unwrap().known.len()
    }
}

impl Inbox for Memory {
    fn resume(&self) -> BoxFuture<'_, Result<Resumed, InboxFault>> {
        let state = self.0.lock().unwrap();
        let pending = state.pending.iter().map(|(id, update)| (*id, update.clone())).collect();
        let resumed = Resumed { last: state.last, pending };
        Box::pin(std::future::ready(Ok(resumed)))
    }

    fn keep(&self, updates: Vec<Received>) -> BoxFuture<'_, Result<Vec<Kept>, InboxFault>> {
        let mut state = self.0.lock().unwrap();
        let mut keep = |Received { id, text, update }: Received| {
            if text.is_some_and(|text| text.contains("sk-test-")) {
                return Kept::Refused;
            }
            if !state.known.insert(id) {
                return Kept::Already;
            }
            state.last = state.last.max(Some(id));
            state.pending.insert(id, update);
            Kept::New
        };
        let kept = updates.into_iter().map(&mut keep).collect();
        Box::pin(std::future::ready(Ok(kept)))
    }

    fn done(&self, id: u64) -> BoxFuture<'_, ()> {
        self.0.lock().unwrap().pending.remove(&id);
        Box::pin(std::future::ready(()))
    }

    fn recall<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<String>> {
        let found = self.0.lock().unwrap().notes.get(name).cloned();
        Box::pin(std::future::ready(found))
    }

    fn remember<'a>(&'a self, name: &'a str, value: String) -> BoxFuture<'a, ()> {
        self.0.lock().unwrap().notes.insert(name.to_owned(), value);
        Box::pin(std::future::ready(()))
    }
}
