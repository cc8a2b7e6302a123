//! All rows of a table as they are.

use modelpin_chat::BoxFuture;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};

use crate::store::copy::{Carried, Cell, Cells, Column, TABLES};
use crate::store::row::broken;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::cache::Effect;
use crate::store::sqlite::failure::Failure;
use crate::store::{FoundRow, StoreFault};

impl Carried for Sqlite {
    fn page(&self, table: usize, after: Option<Cells>, limit: usize) -> BoxFuture<'_, Result<Vec<Cells>, StoreFault>> {
        Box::pin(async move {
            self.read(|db| {
                let rows = rows(db, table, None, after, limit)?;
                rows.into_iter().map(|row| row.cells.map_err(|why| broken(TABLES[table].name, &why).into())).collect()
            })
        })
    }

    fn put(&self, table: usize, rows: Vec<Cells>) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(self.writer.write(move |db| {
            put(db, table, &rows)?;
            // Every row of whatever was kept warm may be another now; nobody keeps what was empty before.
            Ok((Effect::Elsewhere, ()))
        }))
    }
}

fn names<'a>(columns: impl IntoIterator<Item = &'a Column>) -> String {
    columns.into_iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

/// The rows behind a key, as [`Examined::rows`](crate::store::Examined::rows) gives them.
pub(crate) fn rows(
    db: &Connection,
    table: usize,
    only: Option<&[&str]>,
    after: Option<Cells>,
    limit: usize,
) -> Result<Vec<FoundRow>, Failure> {
    let table = &TABLES[table];
    let wanted = table.with(only);
    let (columns, key) = (names(wanted.iter().copied()), names(table.key()));
    let behind = after
        .as_ref()
        .map_or_else(String::new, |_| format!("WHERE ({key}) > ({})", vec!["?"; table.key().len()].join(", ")));
    let text = format!("SELECT {columns} FROM {} {behind} ORDER BY {key} LIMIT {limit}", table.name);
    let mut statement = db.prepare_cached(&text)?;
    let mut rows = statement.query(params_from_iter(after.unwrap_or_default()))?;
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        let values = (0..wanted.len()).map(|number| row.get_ref(number)).collect::<Result<Vec<_>, _>>()?;
        let cells = |values: &[ValueRef<'_>]| values.iter().map(cell).collect::<Result<Cells, _>>();
        // Without its key nobody could go on behind it.
        let key = cells(&values[..table.key().len()]).map_err(|why| broken(table.name, &why))?;
        page.push(FoundRow { key, cells: cells(&values) });
    }
    Ok(page)
}

fn cell(value: &ValueRef<'_>) -> Result<Cell, String> {
    match value {
        ValueRef::Null => Ok(Cell::Nothing),
        ValueRef::Integer(number) => Ok(Cell::Whole(*number)),
        ValueRef::Text(text) => {
            String::from_utf8(text.to_vec()).map(Cell::Text).map_err(|fault| fault.utf8_error().to_string())
        }
        other => Err(format!("a column holds {}", other.data_type())),
    }
}

fn put(db: &Connection, table: usize, rows: &[Cells]) -> Result<(), Failure> {
    let table = &TABLES[table];
    let places = vec!["?"; table.columns.len()].join(", ");
    let text = format!("INSERT INTO {} ({}) VALUES ({places})", table.name, names(table.columns));
    let mut statement = db.prepare_cached(&text)?;
    for row in rows {
        statement.execute(params_from_iter(row))?;
    }
    Ok(())
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Nothing => ToSqlOutput::Owned(Value::Null),
            Self::Whole(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}
