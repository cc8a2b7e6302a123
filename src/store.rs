//! Where state is kept: the ports that the engine needs, and the stores that implement them.

mod fault;

use std::sync::Arc;

use jiff::Timestamp;
use modelpin_chat::BoxFuture;

use crate::health::{Bench, BenchScope};
use crate::history::Utterance;
use crate::menu::{Menu, MenuId};
use crate::receipt::Receipt;
use crate::session::{Session, SessionKey};

pub use fault::{CommitFault, StoreFault};

/// Everything the engine keeps. A store implements the five tables and gets this for nothing.
pub trait Store: SessionTable + HealthTable + ReceiptLog + MenuTable + HistoryTable {}

impl<T: SessionTable + HealthTable + ReceiptLog + MenuTable + HistoryTable> Store for T {}

/// The rows of the sessions.
pub trait SessionTable: Send + Sync {
    /// The row of `key` as of now: a commit that was confirmed by any process on the same state MUST be seen.
    fn load<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Arc<Session>>, StoreFault>>;

    /// Writes `session` if the stored revision still is `session.revision` (0: no row yet), and returns the row as it
    /// now stands, its revision raised by one. MUST return only after the row is durable.
    fn commit(&self, session: Session) -> BoxFuture<'_, Result<Arc<Session>, CommitFault>>;

    /// All rows whose key starts with `prefix`, by key, at most `limit` of them.
    fn list<'a>(&'a self, prefix: &'a str, limit: usize) -> BoxFuture<'a, Result<Vec<Arc<Session>>, StoreFault>>;
}

/// What a failure makes of the bench that was there before; `None` takes it away.
pub type BenchUpdate = Box<dyn FnOnce(Option<&Bench>) -> Option<Bench> + Send>;

/// The benches, shared by every process on the same state.
pub trait HealthTable: Send + Sync {
    /// All benches, ended ones included (their strikes still count).
    fn benches(&self) -> BoxFuture<'_, Result<Arc<Vec<Bench>>, StoreFault>>;

    /// Applies `update` to the bench of `scope`, read and written as one step among all processes.
    fn update_bench(&self, scope: BenchScope, update: BenchUpdate) -> BoxFuture<'_, Result<(), StoreFault>>;
}

/// The receipts of all turns.
pub trait ReceiptLog: Send + Sync {
    /// Adds one; durable when it returns.
    fn record(&self, receipt: Receipt) -> BoxFuture<'_, Result<(), StoreFault>>;

    /// The latest receipt of a session.
    fn last_receipt<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>>;
}

/// The menus that were shown.
pub trait MenuTable: Send + Sync {
    /// Keeps a menu, and lets go of those that expired before `menu.shown` and are not the last of their session.
    fn save_menu(&self, menu: Menu) -> BoxFuture<'_, Result<(), StoreFault>>;

    /// The menu of that id.
    fn menu<'a>(&'a self, id: &'a MenuId) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>>;

    /// The menu with numbered entries that was shown last in the session.
    fn last_numbered<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>>;
}

/// The running conversations.
pub trait HistoryTable: Send + Sync {
    /// The last `limit` utterances of a conversation, oldest first.
    fn history<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Utterance>, StoreFault>>;

    /// Adds utterances to a conversation, and lets go of all but the last `keep` of it, of earlier conversations of the
    /// session, and of nothing else.
    fn append<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        utterances: Vec<Utterance>,
        keep: usize,
    ) -> BoxFuture<'a, Result<(), StoreFault>>;

    /// When anything was last written, for `session.reset`; `None` for a session without history.
    fn last_utterance<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Timestamp>, StoreFault>>;
}
