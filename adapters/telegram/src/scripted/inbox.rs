//! An inbox in memory.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::sync::Mutex;

use modelpin_chat::BoxFuture;

use modelpin_delivery::{Inbox, InboxFault, Kept, Received, Resumed};

/// Keeps updates as long as the test does. One whose text holds `sk-test-` is refused.
#[derive(Default)]
pub(crate) struct Drawer {
    pub(crate) pending: Mutex<BTreeMap<u64, String>>,
    /// Everything that was ever kept, in order.
    pub(crate) kept: Mutex<Vec<u64>>,
    pub(crate) done: Mutex<Vec<u64>>,
    /// How often it still fails.
    pub(crate) failures: Mutex<usize>,
    pub(crate) remembered: Mutex<BTreeMap<String, String>>,
}

impl Drawer {
    /// One in which a former run left `updates`.
    pub(crate) fn with(updates: &[serde_json::Value]) -> Self {
        let drawer = Self::default();
        for update in updates {
            let id = update["update_id"].as_u64().unwrap();
            drawer.pending.lock().unwrap().insert(id, update.to_string());
            drawer.kept.lock().unwrap().push(id);
        }
        drawer
    }

    pub(crate) fn done(&self) -> Vec<u64> {
        self.done.lock().unwrap().clone()
    }

    pub(crate) fn left(&self) -> Vec<u64> {
        self.pending.lock().unwrap().keys().copied().collect()
    }

    fn fails(&self) -> bool {
        let mut failures = self.failures.lock().unwrap();
        let fails = *failures > 0;
        *failures = failures.saturating_sub(1);
        fails
    }
}

impl Inbox for Drawer {
    fn resume(&self) -> BoxFuture<'_, Result<Resumed, InboxFault>> {
        Box::pin(async {
            if self.fails() {
                return Err(InboxFault("the drawer is stuck".to_owned()));
            }
            let last = self.kept.lock().unwrap().iter().max().copied();
            Ok(Resumed { last, pending: self.pending.lock().unwrap().clone().into_iter().collect() })
        })
    }

    fn keep(&self, updates: Vec<Received>) -> BoxFuture<'_, Result<Vec<Kept>, InboxFault>> {
        Box::pin(async move {
            if self.fails() {
                return Err(InboxFault("the drawer is stuck".to_owned()));
            }
            let mut kept = self.kept.lock().unwrap();
            let keep = |Received { id, text, update }: Received| {
                if text.is_some_and(|text| text.contains("sk-test-")) {
                    return Kept::Refused;
                }
                if kept.contains(&id) {
                    return Kept::Already;
                }
                kept.push(id);
                self.pending.lock().unwrap().insert(id, update);
                Kept::New
            };
            Ok(updates.into_iter().map(keep).collect())
        })
    }

    fn done(&self, id: u64) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.pending.lock().unwrap().remove(&id);
            self.done.lock().unwrap().push(id);
        })
    }

    fn recall<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async { self.remembered.lock().unwrap().get(name).cloned() })
    }

    fn remember<'a>(&'a self, name: &'a str, value: String) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.remembered.lock().unwrap().insert(name.to_owned(), value);
        })
    }
}
