//! A raw row, read by what the program reads it by.

use std::vec;

use crate::audit::Entry;
use crate::receipt::Receipt;
use crate::session::Session;
use crate::store::copy::{Cell, Cells};
use crate::store::row::{BenchRow, MenuRow, RowFault, ScopeRow, SessionRow, broken, counter, from_json, role_of, time};

/// The columns of a row that are still to be read.
struct Columns {
    table: &'static str,
    rest: vec::IntoIter<Cell>,
}

impl Columns {
    fn of(table: &'static str, cells: Cells) -> Self {
        Self { table, rest: cells.into_iter() }
    }

    fn text(&mut self) -> Result<String, RowFault> {
        self.text_or_nothing()?.ok_or_else(|| broken(self.table, &"a text is missing"))
    }

    fn text_or_nothing(&mut self) -> Result<Option<String>, RowFault> {
        match self.rest.next() {
            Some(Cell::Text(text)) => Ok(Some(text)),
            Some(Cell::Nothing) => Ok(None),
            Some(Cell::Whole(_)) | None => Err(broken(self.table, &"there is no text where one should be")),
        }
    }

    fn number(&mut self) -> Result<i64, RowFault> {
        self.number_or_nothing()?.ok_or_else(|| broken(self.table, &"a number is missing"))
    }

    fn number_or_nothing(&mut self) -> Result<Option<i64>, RowFault> {
        match self.rest.next() {
            Some(Cell::Whole(number)) => Ok(Some(number)),
            Some(Cell::Nothing) => Ok(None),
            Some(Cell::Text(_)) | None => Err(broken(self.table, &"there is no number where one should be")),
        }
    }

    fn pass(&mut self, columns: usize) {
        for _ in 0..columns {
            self.rest.next();
        }
    }
}

/// The session that all columns of its row tell.
pub(crate) fn session_of(cells: Cells) -> Result<Session, RowFault> {
    let mut columns = Columns::of("sessions", cells);
    let row = SessionRow {
        key: columns.text()?,
        revision: columns.number()?,
        conversation: columns.number()?,
        created: columns.number()?,
        updated: columns.number()?,
        parent: columns.text_or_nothing()?,
        state: columns.text_or_nothing()?,
    };
    row.read()
}

/// Whether the program could read the row, which has all columns of its table.
pub(crate) fn make_sense(table: &'static str, cells: Cells) -> Result<(), RowFault> {
    let mut columns = Columns::of(table, cells);
    match table {
        "sessions" => {
            session_of(columns.rest.collect())?;
        }
        "benches" => {
            let scope = ScopeRow { provider: columns.text()?, fingerprint: columns.text()?, model: columns.text()? };
            let class = columns.text()?;
            let strikes = u32::try_from(columns.number()?).map_err(|fault| broken(table, &fault))?;
            BenchRow { class, strikes, since: columns.number()?, until: columns.number_or_nothing()? }.read(scope)?;
        }
        "receipts" => {
            columns.pass(4);
            from_json::<Receipt>(table, &columns.text()?)?;
        }
        "menus" => {
            let (id, session) = (columns.text()?, columns.text()?);
            let (shown, expires) = (columns.number()?, columns.number()?);
            let numbered = columns.number()? != 0;
            columns.pass(1);
            MenuRow { id, session, shown, expires, numbered, body: columns.text()? }.read()?;
        }
        "history" => {
            columns.pass(3);
            time(table, columns.number()?)?;
            role_of(&columns.text()?)?;
            columns.text()?;
        }
        "inbox" => {
            columns.pass(2);
            counter(table, columns.number()?)?;
            time(table, columns.number()?)?;
        }
        "audit" => {
            counter(table, columns.number()?)?;
            columns.pass(1);
            from_json::<Entry>(table, &columns.text()?)?;
        }
        "audit_head" => {
            columns.pass(1);
            counter(table, columns.number()?)?;
        }
        "usage" => {
            columns.pass(6);
            for _ in 0..9 {
                counter(table, columns.number()?)?;
            }
        }
        // Names and texts, which are whatever they are.
        _ => {}
    }
    Ok(())
}
