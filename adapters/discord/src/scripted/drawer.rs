//! An inbox in memory.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::sync::Mutex;

use modelpin_chat::BoxFuture;
use modelpin_delivery::{Inbox, InboxFault, Kept, Received, Resumed};

/// Keeps everything as long as the test does.
#[derive(Default)]
pub(crate) struct Drawer(pub(crate) Mutex<BTreeMap<String, String>>);

impl Inbox for Drawer {
    fn resume(&self) -> BoxFuture<'_, Result<Resumed, InboxFault>> {
        Box::pin(async { Ok(Resumed::default()) })
    }

    fn keep(&self, updates: Vec<Received>) -> BoxFuture<'_, Result<Vec<Kept>, InboxFault>> {
        Box::pin(async move { Ok(vec![Kept::New; updates.len()]) })
    }

    fn done(&self, _: u64) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    fn recall<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async { self.0.lock().unwrap().get(name).cloned() })
    }

    fn remember<'a>(&'a self, name: &'a str, value: String) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.0.lock().unwrap().insert(name.to_owned(), value);
        })
    }
}
