//! The inbox of a state that cannot be opened: it keeps nothing, and says so.

use jiff::Timestamp;
use modelpin_chat::BoxFuture;

use crate::store::{Delivery, Detached, InboxTable, StoreFault, Waiting};

impl InboxTable for Detached {
    /// What waits in a database that cannot be opened stays there until it can.
    fn waiting<'a>(&'a self, mailbox: &'a str) -> BoxFuture<'a, Result<Waiting, StoreFault>> {
        self.rest.waiting(mailbox)
    }

    fn receive<'a>(
        &'a self,
        _: &'a str,
        _: Vec<Delivery>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<bool>, StoreFault>> {
        Box::pin(async { Err(self.fault.clone()) })
    }

    fn known<'a>(&'a self, _: &'a str, _: Vec<u64>, _: Timestamp) -> BoxFuture<'a, Result<Vec<bool>, StoreFault>> {
        Box::pin(async { Err(self.fault.clone()) })
    }

    fn dealt_with<'a>(&'a self, _: &'a str, _: Vec<u64>, _: Timestamp) -> BoxFuture<'a, Result<(), StoreFault>> {
        Box::pin(async { Err(self.fault.clone()) })
    }

    fn note<'a>(&'a self, mailbox: &'a str, name: &'a str) -> BoxFuture<'a, Result<Option<String>, StoreFault>> {
        self.rest.note(mailbox, name)
    }

    fn put_note<'a>(&'a self, mailbox: &'a str, name: &'a str, value: String) -> BoxFuture<'a, Result<(), StoreFault>> {
        self.rest.put_note(mailbox, name, value)
    }
}
