//! Looking whether the state is whole: every row is read as the program reads it.

use serde::Serialize;

use crate::audit::{Head, Link, Verdict, Verifier};
use crate::store::copy::{Cell, Cells, TABLES, Table};
use crate::store::row::{RowFault, counter, make_sense};
use crate::store::{Examined, StoreFault};

/// Rows that are read at a time.
const PAGE: usize = 500;

/// So many rows that make no sense are named; all are counted.
pub const SHOWN: usize = 20;

/// What came of looking at all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Examination {
    /// The number of the schema that the database is at.
    pub schema: i64,
    /// Each table.
    pub tables: Vec<ExaminedTable>,
    /// What is wrong with rows, the first of it: at most [`SHOWN`].
    pub flaws: Vec<RowFlaw>,
    /// The chain of the audit.
    pub audit: Verdict,
    /// What the database itself finds wrong.
    pub database: Vec<String>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExaminedTable {
    /// What it is called.
    pub name: &'static str,
    /// How many rows could be looked at.
    pub rows: u64,
    /// How many of them make no sense, with one more where not all could be looked at.
    pub flaws: u64,
}

/// A row that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowFlaw {
    /// The table it is in.
    pub table: &'static str,
    /// Its key; empty where it is about the table.
    pub key: Vec<String>,
    /// What is wrong with it.
    pub why: String,
}

impl Examination {
    /// Whether there is nothing wrong.
    pub fn is_whole(&self) -> bool {
        self.tables.iter().all(|table| table.flaws == 0) && self.audit.flaws.is_empty() && self.database.is_empty()
    }
}

/// Looks at every row of every table, a page at a time. `None` where nothing was ever kept. Nothing is written.
///
/// A row that points at one which is not there is no flaw: history and receipts may outlive a session.
///
/// # Errors
///
/// [`StoreFault`] when the database cannot be read at all, or a newer modelpin made it.
pub async fn check(state: &dyn Examined) -> Result<Option<Examination>, StoreFault> {
    let Some(schema) = state.schema().await? else { return Ok(None) };
    // What is damaged all over may not even let itself be looked at.
    let database = match state.own_flaws().await {
        Err(StoreFault::Broken { why, .. }) => vec![why],
        other => other?,
    };
    let (mut tables, mut flaws) = (Vec::new(), Vec::new());
    let mut chain = Chain::default();
    for (number, Table { name, .. }) in TABLES.iter().enumerate() {
        let is_there = schema.tables.iter().any(|there| there == name);
        let mut look = TableLook { table: name, rows: 0, flaws: 0, shown: &mut flaws };
        if is_there {
            look.through(state, number, &mut chain).await?;
        } else if schema.version >= schema.known {
            look.flaw(&[], "the table is missing".to_owned());
        }
        tables.push(ExaminedTable { name, rows: look.rows, flaws: look.flaws });
    }
    let audit = chain.verifier.end(chain.head);
    Ok(Some(Examination { schema: schema.version, tables, flaws, audit, database }))
}

/// The audit, as far as it was looked at.
#[derive(Default)]
struct Chain {
    verifier: Verifier,
    head: Option<Head>,
}

/// The look at one table.
struct TableLook<'a> {
    table: &'static str,
    rows: u64,
    flaws: u64,
    shown: &'a mut Vec<RowFlaw>,
}

impl TableLook<'_> {
    async fn through(&mut self, state: &dyn Examined, number: usize, chain: &mut Chain) -> Result<(), StoreFault> {
        let mut after = None;
        loop {
            if self.table == "audit" {
                // The end before the rows: what is added meanwhile comes behind it, and is looked at in the next round.
                chain.head = head(state).await?;
            }
            let page = match state.rows(number, None, after.clone(), PAGE).await {
                Ok(page) => page,
                // The other tables may be whole.
                Err(StoreFault::Broken { why, .. }) => {
                    let behind = after.map_or_else(String::new, |key| format!(" behind {}", words(&key).join(", ")));
                    self.flaw(&[], format!("it cannot be read{behind}: {why}"));
                    return Ok(());
                }
                Err(fault) => return Err(fault),
            };
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.key.clone());
            for row in page {
                self.rows += 1;
                let told = match row.cells {
                    Ok(cells) => {
                        chain.take(self.table, &cells);
                        make_sense(self.table, cells).map_err(RowFault::why)
                    }
                    Err(why) => Err(why),
                };
                if let Err(why) = told {
                    self.flaw(&row.key, why);
                }
            }
        }
    }

    fn flaw(&mut self, key: &[Cell], why: String) {
        self.flaws += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(RowFlaw { table: self.table, key: words(key), why });
        }
    }
}

impl Chain {
    fn take(&mut self, table: &str, cells: &Cells) {
        if let ("audit", [Cell::Whole(number), _, Cell::Text(body), Cell::Text(hash)]) = (table, cells.as_slice())
            && let Ok(number) = counter("audit", *number)
        {
            self.verifier.take(&Link { number, body: body.clone(), hash: hash.clone() });
        }
    }
}

/// The end of the chain as it is kept beside the rows.
async fn head(state: &dyn Examined) -> Result<Option<Head>, StoreFault> {
    let Some(table) = Table::at("audit_head") else { return Ok(None) };
    let rows = match state.rows(table, None, None, 1).await {
        // Told where that table is looked at.
        Err(StoreFault::Broken { .. }) => return Ok(None),
        other => other?,
    };
    let cells = rows.into_iter().next().and_then(|row| row.cells.ok()).unwrap_or_default();
    let [_, Cell::Whole(number), Cell::Text(hash)] = cells.as_slice() else { return Ok(None) };
    // 0 was placed by a writer that could not write.
    let number = u64::try_from(*number).ok().filter(|number| *number > 0);
    Ok(number.map(|number| Head { number, hash: hash.clone() }))
}

fn words(key: &[Cell]) -> Vec<String> {
    let word = |cell: &Cell| match cell {
        Cell::Nothing => String::new(),
        Cell::Whole(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
    };
    key.iter().map(word).collect()
}
