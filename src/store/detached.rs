//! What stands in for a state that cannot be opened: commands are still answered, and nothing is confirmed.

mod inbox;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use modelpin_chat::BoxFuture;

use crate::audit::{Demand, Entry, Head, Link};
use crate::health::{Bench, BenchScope};
use crate::history::Utterance;
use crate::menu::{Menu, MenuId};
use crate::receipt::Receipt;
use crate::session::{Session, SessionKey};
use crate::store::{
    AuditLog, Audited, BenchUpdate, CommitFault, HealthTable, HistoryTable, LeaseTable, MarkTable, Memory, MenuTable,
    ReceiptLog, SessionTable, StoreFault, UsageQuery, UsageTable,
};
use crate::usage::{Dimension, Tally};

/// A store that refuses every session, and keeps the rest in memory until the program ends: benches, receipts and the
/// conversation are worth having even when they do not last; a pin that does not last is worse than none.
pub struct Detached {
    fault: StoreFault,
    hides_rows: bool,
    rest: Memory,
}

impl Detached {
    /// In place of the store that could not be opened because of `fault`.
    ///
    /// `hides_rows`: there is a database, and what is chosen in it cannot be known. Then no session is taken for one
    /// without a choice, since a message that belongs to a pin would go out with somebody else's credential.
    pub fn because_of(fault: StoreFault, hides_rows: bool) -> Self {
        Self { fault, hides_rows, rest: Memory::new() }
    }
}

impl SessionTable for Detached {
    fn load<'a>(&'a self, _: &'a SessionKey) -> BoxFuture<'a, Result<Option<Arc<Session>>, StoreFault>> {
        Box::pin(async { if self.hides_rows { Err(self.fault.clone()) } else { Ok(None) } })
    }

    fn commit(&self, _: Session) -> BoxFuture<'_, Result<Arc<Session>, CommitFault>> {
        Box::pin(async { Err(CommitFault::Store(self.fault.clone())) })
    }

    fn commit_audited(&self, _: Session, _: Demand) -> BoxFuture<'_, Result<Audited<Arc<Session>>, CommitFault>> {
        Box::pin(async { Err(CommitFault::Store(self.fault.clone())) })
    }

    fn list<'a>(&'a self, _: &'a str, _: usize) -> BoxFuture<'a, Result<Vec<Arc<Session>>, StoreFault>> {
        Box::pin(async { Err(self.fault.clone()) })
    }
}

/// Nobody knows who has what, so nobody begins what one at a time may do.
impl LeaseTable for Detached {
    fn take_lease<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: Duration,
    ) -> BoxFuture<'a, Result<Option<String>, StoreFault>> {
        Box::pin(async { Err(self.fault.clone()) })
    }

    fn end_lease<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<(), StoreFault>> {
        Box::pin(async { Ok(()) })
    }
}

impl HealthTable for Detached {
    fn benches(&self) -> BoxFuture<'_, Result<Arc<Vec<Bench>>, StoreFault>> {
        self.rest.benches()
    }

    fn update_bench(&self, scope: BenchScope, update: BenchUpdate) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.rest.update_bench(scope, update)
    }
}

impl ReceiptLog for Detached {
    fn record(&self, receipt: Receipt) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.rest.record(receipt)
    }

    fn last_receipt<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>> {
        self.rest.last_receipt(key)
    }

    fn latest_receipts(&self, limit: usize) -> BoxFuture<'_, Result<Vec<Receipt>, StoreFault>> {
        self.rest.latest_receipts(limit)
    }

    fn last_answer<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>> {
        self.rest.last_answer(key)
    }
}

impl MenuTable for Detached {
    fn save_menu(&self, menu: Menu) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.rest.save_menu(menu)
    }

    fn menu<'a>(&'a self, id: &'a MenuId) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>> {
        self.rest.menu(id)
    }

    fn last_numbered<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>> {
        self.rest.last_numbered(key)
    }
}

impl HistoryTable for Detached {
    fn history<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Utterance>, StoreFault>> {
        self.rest.history(key, conversation, limit)
    }

    fn append<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        utterances: Vec<Utterance>,
        keep: usize,
    ) -> BoxFuture<'a, Result<(), StoreFault>> {
        self.rest.append(key, conversation, utterances, keep)
    }

    fn last_utterance<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Timestamp>, StoreFault>> {
        self.rest.last_utterance(key)
    }
}

/// A row that does not last is worth nothing, and what was written before cannot be read.
impl AuditLog for Detached {
    fn log_change(&self, _: Entry) -> BoxFuture<'_, Result<Link, StoreFault>> {
        Box::pin(async { Err(self.fault.clone()) })
    }

    fn links(&self, _: u64, _: Option<Timestamp>, _: usize) -> BoxFuture<'_, Result<Vec<Link>, StoreFault>> {
        Box::pin(async { Err(self.fault.clone()) })
    }

    fn last_links(&self, _: usize) -> BoxFuture<'_, Result<Vec<Link>, StoreFault>> {
        Box::pin(async { Err(self.fault.clone()) })
    }

    fn head(&self) -> BoxFuture<'_, Result<Option<Head>, StoreFault>> {
        Box::pin(async { Err(self.fault.clone()) })
    }
}

impl UsageTable for Detached {
    fn usage<'a>(
        &'a self,
        dimension: Dimension,
        query: &'a UsageQuery,
    ) -> BoxFuture<'a, Result<Vec<(String, Tally)>, StoreFault>> {
        self.rest.usage(dimension, query)
    }
}

/// Whether something is switched off cannot be known, so nothing is changed about it either.
impl MarkTable for Detached {
    fn marks<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<(String, String)>, StoreFault>> {
        Box::pin(async move { if self.hides_rows { Err(self.fault.clone()) } else { self.rest.marks(prefix).await } })
    }

    fn swap_mark<'a>(
        &'a self,
        _: &'a str,
        _: Option<&'a str>,
        _: Option<&'a str>,
        _: Option<Demand>,
    ) -> BoxFuture<'a, Result<Audited<bool>, StoreFault>> {
        Box::pin(async { Err(self.fault.clone()) })
    }
}
