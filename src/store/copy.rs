//! Taking all rows over from one database into another, and looking whether they are the same there.

mod table;

use modelpin_chat::BoxFuture;

use crate::store::StoreFault;

#[cfg(feature = "postgres")]
pub(crate) use table::Kind;
pub(crate) use table::{Column, TABLES, Table};

/// Rows that are carried at a time.
const PAGE: usize = 500;

/// What stands in one column of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Nothing,
    /// A number; a flag is 0 or 1.
    Whole(i64),
    /// Text.
    Text(String),
}

/// One row, in the order of the columns of its table.
pub type Cells = Vec<Cell>;

/// A database whose rows can be carried as they are.
pub trait Carried: Send + Sync {
    /// The rows of the table with that number behind the one whose key is `after`, by key; at most `limit` of them.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when they cannot be read.
    fn page(&self, table: usize, after: Option<Cells>, limit: usize) -> BoxFuture<'_, Result<Vec<Cells>, StoreFault>>;

    /// Puts rows into the table with that number, all or none.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when none was put there, such as for one that is there already.
    fn put(&self, table: usize, rows: Vec<Cells>) -> BoxFuture<'_, Result<(), StoreFault>>;
}

/// What was carried over of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    /// What it is called.
    pub name: &'static str,
    /// How many rows.
    pub rows: u64,
}

/// The rows were not all carried over.
#[derive(Debug, thiserror::Error)]
pub enum CopyFault {
    /// There is something already where they were to go. Nothing was changed.
    #[error("there are rows in the table `{0}` already, and two states cannot be made one: take an empty one")]
    NotEmpty(&'static str),
    /// The two are not the same after all rows were carried.
    #[error(
        "the table `{0}` is not the same in both: something was changed meanwhile. End every program that works on them, empty the one that was filled, and begin anew"
    )]
    Differs(&'static str),
    /// One of the databases failed before anything was carried.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// One of them failed when a part may have been carried.
    #[error("{0}. Not all of it was carried and compared: begin anew with an empty one")]
    BrokenOff(StoreFault),
}

/// Carries all rows from one to the other, reads both once more, and compares them row by row.
///
/// # Errors
///
/// [`CopyFault`]; what was carried until then is in `to`, and `from` is as it was.
pub async fn copy(from: &dyn Carried, to: &dyn Carried) -> Result<Vec<CopiedTable>, CopyFault> {
    for (number, table) in TABLES.iter().enumerate() {
        if !to.page(number, None, 1).await?.is_empty() {
            return Err(CopyFault::NotEmpty(table.name));
        }
    }
    carry(from, to).await.map_err(CopyFault::BrokenOff)?;
    let mut copied = Vec::new();
    for (number, table) in TABLES.iter().enumerate() {
        let (mut after, mut rows) = (None, 0);
        loop {
            let page = from.page(number, after.clone(), PAGE).await.map_err(CopyFault::BrokenOff)?;
            if page != to.page(number, after, PAGE).await.map_err(CopyFault::BrokenOff)? {
                return Err(CopyFault::Differs(table.name));
            }
            let Some(last) = page.last() else { break };
            rows += page.len() as u64;
            after = Some(table.key_of(last));
        }
        copied.push(CopiedTable { name: table.name, rows });
    }
    Ok(copied)
}

async fn carry(from: &dyn Carried, to: &dyn Carried) -> Result<(), StoreFault> {
    for (number, table) in TABLES.iter().enumerate() {
        let mut after = None;
        loop {
            let rows = from.page(number, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = Some(table.key_of(last));
            to.put(number, rows).await?;
        }
    }
    Ok(())
}
