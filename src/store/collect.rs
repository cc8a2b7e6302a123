//! Letting go of what is old, a few rows at a time, beside programs that work on the same state.
//!
//! What is to go is looked for without a lock. A row goes only if it is still as it was judged when its turn comes, with the
//! lock of the row in hand: whoever changes it first wins.

use jiff::Timestamp;
use jiff::civil::Date;
use modelpin_chat::BoxFuture;
use serde::Serialize;

use crate::session::{Choice, Session};
use crate::store::copy::{Cell, Cells, Table};
use crate::store::row::{nanos, session_of};
use crate::store::{Examined, StoreFault};

/// Rows that are looked at at a time.
const LOOKED_AT: usize = 2_000;

/// Rows that go in one transaction.
const BATCH: usize = 500;

/// From when on rows are kept; `None` where none is ever let go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Now: menus that ended before it go.
    pub now: Timestamp,
    /// Sessions that were touched since then are kept, and all in which something is chosen.
    pub sessions: Option<Timestamp>,
    /// What was said since then is kept.
    pub history: Option<Timestamp>,
    /// Receipts since then are kept.
    pub receipts: Option<Timestamp>,
    /// What was used on that day and later is kept.
    pub usage: Option<Date>,
    /// Benches that ended since then are kept, and all that have not ended.
    pub benches: Timestamp,
}

/// What counts as a touch of a session whose row says nothing of it, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touched {
    /// Somebody spoke at that time or later.
    pub said: i64,
    /// A menu ends at that time or later.
    pub open: i64,
    /// What was said before has gone already.
    pub history: i64,
}

/// What went, or would, of sessions that nobody uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gone {
    /// Their rows.
    pub sessions: u64,
    /// What was said in them.
    pub history: u64,
    /// Their menus.
    pub menus: u64,
}

/// A database that rows can be let go from.
pub trait Collected: Examined {
    /// Takes away those of the rows that still have the very same cells, all or none; says how many. `only` are the names
    /// of the columns behind the key.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when nothing was taken away.
    fn let_go(
        &self,
        table: usize,
        only: &'static [&'static str],
        rows: Vec<Cells>,
    ) -> BoxFuture<'_, Result<u64, StoreFault>>;

    /// Takes away those of the sessions that are still of the same revision and not touched, with what was said in them and
    /// their menus, all or none.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when nothing was taken away.
    fn let_sessions_go(&self, sessions: Vec<Session>, touched: Touched) -> BoxFuture<'_, Result<Gone, StoreFault>>;
}

/// What went, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Collection {
    /// Each table that rows are let go from.
    pub tables: Vec<CollectedTable>,
    /// Rows of sessions that make no sense, which are left.
    pub unreadable: u64,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CollectedTable {
    /// What it is called.
    pub name: &'static str,
    /// How many rows.
    pub rows: u64,
    /// From when on rows are kept.
    pub kept: Kept,
}

/// From when on rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Kept {
    /// From the beginning.
    All(()),
    /// Since that time.
    Since(Timestamp),
    /// From that day on, in UTC.
    From(Date),
}

/// Rows that go by their age alone.
struct Heap {
    table: &'static str,
    /// The column of the age, where it is not the first of the key.
    age: &'static [&'static str],
    before: Cell,
    kept: Kept,
}

/// Takes away what is older than the limits.
///
/// # Errors
///
/// [`StoreFault`] when not all of it could be; what was taken away until then is gone.
pub async fn collect(state: &dyn Collected, limits: &Limits) -> Result<Collection, StoreFault> {
    walk(state, Some(state), limits).await
}

/// What [`collect`] would take away. Nothing is written.
///
/// # Errors
///
/// [`StoreFault`] when the state cannot be read.
pub async fn collectable(state: &dyn Examined, limits: &Limits) -> Result<Collection, StoreFault> {
    walk(state, None, limits).await
}

/// Without somebody who takes them away, rows are only counted.
async fn walk(state: &dyn Examined, taker: Option<&dyn Collected>, limits: &Limits) -> Result<Collection, StoreFault> {
    let there = state.schema().await?.map(|schema| schema.tables).unwrap_or_default();
    let mut collection = Collection::default();
    let sessions = CollectedTable { name: "sessions", rows: 0, kept: since(limits.sessions) };
    collection.tables.push(sessions);
    // By age before the sessions, which then take along only what is left: no row is counted twice.
    for heap in heaps(limits) {
        let is_there = there.iter().any(|table| table == heap.table) && heap.kept != Kept::All(());
        let rows = if is_there { heap.walk(state, taker).await? } else { 0 };
        collection.tables.push(CollectedTable { name: heap.table, rows, kept: heap.kept });
    }
    if let (Some(untouched), false) = (limits.sessions, there.is_empty()) {
        let gone = walk_sessions(state, taker, limits, untouched, &mut collection.unreadable).await?;
        for table in &mut collection.tables {
            match table.name {
                "sessions" => table.rows += gone.sessions,
                "history" => table.rows += gone.history,
                "menus" => table.rows += gone.menus,
                _ => {}
            }
        }
    }
    Ok(collection)
}

fn since(limit: Option<Timestamp>) -> Kept {
    limit.map_or(Kept::All(()), Kept::Since)
}

fn heaps(limits: &Limits) -> [Heap; 5] {
    let Limits { now, sessions: _, history, receipts, usage, benches } = limits;
    let of = |table: &'static str, age: &'static [&'static str], limit: Option<Timestamp>| {
        let before = limit.map_or(Cell::Nothing, |limit| Cell::Whole(nanos(limit)));
        Heap { table, age, before, kept: since(limit) }
    };
    let day = usage.map_or(Cell::Nothing, |day| Cell::Text(day.to_string()));
    [
        of("history", &["at"], *history),
        of("menus", &["expires"], Some(*now)),
        of("receipts", &["at"], *receipts),
        Heap { table: "usage", age: &[], before: day, kept: usage.map_or(Kept::All(()), Kept::From) },
        of("benches", &["until"], Some(*benches)),
    ]
}

impl Heap {
    /// Of a row with the columns of the key and the one of the age.
    fn is_old(&self, cells: &Cells) -> bool {
        let age = if self.age.is_empty() { cells.first() } else { cells.last() };
        match (age, &self.before) {
            (Some(Cell::Whole(at)), Cell::Whole(before)) => at < before,
            // Days as text sort as days.
            (Some(Cell::Text(day)), Cell::Text(before)) => day < before,
            // What never ends, and what makes no sense.
            _ => false,
        }
    }

    async fn walk(&self, state: &dyn Examined, taker: Option<&dyn Collected>) -> Result<u64, StoreFault> {
        let Some(table) = Table::at(self.table) else { return Ok(0) };
        let (mut after, mut gone) = (None, 0);
        loop {
            let page = state.rows(table, Some(self.age), after, LOOKED_AT).await?;
            let Some(last) = page.last() else { return Ok(gone) };
            after = Some(last.key.clone());
            let old: Vec<Cells> =
                page.into_iter().filter_map(|row| row.cells.ok()).filter(|cells| self.is_old(cells)).collect();
            for batch in old.chunks(BATCH) {
                gone += match taker {
                    Some(taker) => taker.let_go(table, self.age, batch.to_vec()).await?,
                    None => batch.len() as u64,
                };
            }
        }
    }
}

async fn walk_sessions(
    state: &dyn Examined,
    taker: Option<&dyn Collected>,
    limits: &Limits,
    untouched: Timestamp,
    unreadable: &mut u64,
) -> Result<Gone, StoreFault> {
    let history = limits.history.map_or(i64::MIN, nanos);
    let touched = Touched { said: nanos(untouched), open: nanos(limits.now), history };
    let Some(table) = Table::at("sessions") else { return Ok(Gone::default()) };
    let (mut after, mut sum) = (None, Gone::default());
    loop {
        let page = state.rows(table, None, after, LOOKED_AT).await?;
        let Some(last) = page.last() else { return Ok(sum) };
        after = Some(last.key.clone());
        let mut unused = Vec::new();
        for row in page {
            match row.cells.ok().and_then(|cells| session_of(cells).ok()) {
                Some(session) if session.updated < untouched && session.choice == Choice::default() => {
                    unused.push(session);
                }
                Some(_) => {}
                None => *unreadable += 1,
            }
        }
        for batch in unused.chunks(BATCH) {
            let batch = batch.to_vec();
            let Gone { sessions, history, menus } = match taker {
                Some(taker) => taker.let_sessions_go(batch, touched).await?,
                None => state.would_go(batch, touched).await?,
            };
            sum.sessions += sessions;
            sum.history += history;
            sum.menus += menus;
        }
    }
}
