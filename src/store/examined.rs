//! A database that can be looked through, row by row, without a write.

use modelpin_chat::BoxFuture;

use crate::session::Session;
#[cfg(doc)]
use crate::store::Collected;
use crate::store::copy::Cells;
use crate::store::{Gone, StoreFault, Touched};

/// A row that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRow {
    /// Its key.
    pub key: Cells,
    /// The columns that were asked for, those of the key first; or why they cannot be had.
    pub cells: Result<Cells, String>,
}

/// Which tables there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The number of the step that the database is at.
    pub version: i64,
    /// The last step that this program knows.
    pub known: i64,
    /// The names of the tables that are there.
    pub tables: Vec<String>,
}

/// A database that can be looked through without a write, while others write to it.
pub trait Examined: Send + Sync {
    /// Which tables there are; `None` where nothing was ever kept.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it cannot be read, or a newer modelpin made it.
    fn schema(&self) -> BoxFuture<'_, Result<Option<Schema>, StoreFault>>;

    /// The rows of the table with that number behind the one whose key is `after`, by key; at most `limit` of them. With
    /// `only`, the columns of the key and of these names, else all.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when they cannot be read.
    fn rows(
        &self,
        table: usize,
        only: Option<&'static [&'static str]>,
        after: Option<Cells>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<FoundRow>, StoreFault>>;

    /// What the database itself finds wrong with what it keeps.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it cannot be asked.
    fn own_flaws(&self) -> BoxFuture<'_, Result<Vec<String>, StoreFault>>;

    /// What [`Collected::let_sessions_go`] would take away of these sessions.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it cannot be read.
    fn would_go(&self, sessions: Vec<Session>, touched: Touched) -> BoxFuture<'_, Result<Gone, StoreFault>>;

    /// Whether somebody has begun to write since, so that what was read may be of two states and has to be read anew.
    fn has_moved(&self) -> bool {
        false
    }
}
