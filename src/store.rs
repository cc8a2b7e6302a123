//! Where state is kept: the ports that the engine needs, and the stores that implement them.
//!
//! A store is eight tables: [`SessionTable`], [`HealthTable`], [`ReceiptLog`], [`MenuTable`], [`HistoryTable`], and for
//! those who look after a bot [`AuditLog`], [`UsageTable`], [`MarkTable`].
//! [`Memory`] says what they mean; [`Sqlite`] keeps them on disk, shared by every process on the same state directory;
//! `Postgres` (with the feature of that name) keeps them for processes on several machines.
//! Beside them are the [`InboxTable`], which the engine knows nothing of: what channels have delivered; and where several
//! machines share a state, the [`LeaseTable`]. `Postgres` is also a [`Vault`](crate::profile::Vault): it keeps credentials where the
//! configuration wants that.
//! All pass the same contract suite (`tests/store/contract.rs`).
//!
//! For the command line, both databases also give their rows as they are: to be carried over (`Carried`), to be looked
//! through (`Examined`), and to be let go of when they are old (`Collected`).

mod audit_log;
#[cfg(feature = "cli")]
mod check;
#[cfg(feature = "cli")]
mod collect;
#[cfg(feature = "cli")]
mod copy;
mod detached;
#[cfg(feature = "cli")]
mod examined;
mod fault;
mod generations;
mod glance;
mod health_table;
mod history_table;
mod inbox_table;
mod lease_holder;
mod lease_table;
mod mark_table;
mod memory;
mod menu_table;
#[cfg(feature = "postgres")]
mod postgres;
mod receipt_log;
mod row;
mod session_table;
mod sqlite;
mod usage_table;

pub use audit_log::{AuditLog, Audited};
#[cfg(feature = "cli")]
pub use check::{Examination, ExaminedTable, RowFlaw, SHOWN, check};
#[cfg(feature = "cli")]
pub use collect::{Collected, CollectedTable, Collection, Gone, Kept, Limits, Touched, collect, collectable};
#[cfg(feature = "cli")]
pub use copy::{Carried, Cell, Cells, CopiedTable, CopyFault, copy};
pub use detached::Detached;
#[cfg(feature = "cli")]
pub use examined::{Examined, FoundRow, Schema};
pub use fault::{CommitFault, StoreFault};
pub use glance::{Glance, Wanted};
pub use health_table::{BenchUpdate, HealthTable};
pub use history_table::HistoryTable;
pub use inbox_table::{Delivery, InboxTable, Waiting};
pub(crate) use lease_holder::LeaseHolder;
pub use lease_table::LeaseTable;
pub use mark_table::MarkTable;
pub use memory::Memory;
pub use menu_table::MenuTable;
#[cfg(feature = "postgres")]
pub use postgres::{Patience, Postgres};
pub use receipt_log::ReceiptLog;
pub use session_table::SessionTable;
pub use sqlite::Sqlite;
#[cfg(feature = "cli")]
pub use sqlite::SqliteLook;
pub use usage_table::{UsageQuery, UsageTable};

/// Everything the engine keeps. A store implements the eight tables and gets this for nothing.
pub trait Store:
    SessionTable + HealthTable + ReceiptLog + MenuTable + HistoryTable + AuditLog + UsageTable + MarkTable
{
}

impl<T> Store for T where
    T: SessionTable + HealthTable + ReceiptLog + MenuTable + HistoryTable + AuditLog + UsageTable + MarkTable
{
}
