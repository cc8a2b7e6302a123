//! All rows of a table as they are.

use modelpin_chat::BoxFuture;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};

use crate::store::StoreFault;
use crate::store::copy::{Carried, Cell, Cells, Column, TABLES};
use crate::store::row::broken;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::cache::Effect;
use crate::store::sqlite::failure::Failure;

impl Carried for Sqlite {
    fn page(&self, table: usize, after: Option<Cells>, limit: usize) -> BoxFuture<'_, Result<Vec<Cells>, StoreFault>> {
        Box::pin(async move { self.read(|db| page(db, table, after, limit)) })
    }

    fn put(&self, table: usize, rows: Vec<Cells>) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(self.writer.write(move |db| {
            put(db, table, &rows)?;
            // Every row of whatever was kept warm may be another now; nobody keeps what was empty before.
            Ok((Effect::Elsewhere, ()))
        }))
    }
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

fn page(db: &Connection, table: usize, after: Option<Cells>, limit: usize) -> Result<Vec<Cells>, Failure> {
    let table = &TABLES[table];
    let (columns, key) = (names(table.columns), names(table.key()));
    let behind = after
        .as_ref()
        .map_or_else(String::new, |_| format!("WHERE ({key}) > ({})", vec!["?"; table.key().len()].join(", ")));
    let text = format!("SELECT {columns} FROM {} {behind} ORDER BY {key} LIMIT {limit}", table.name);
    let mut statement = db.prepare_cached(&text)?;
    let mut rows = statement.query(params_from_iter(after.unwrap_or_default()))?;
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        let cell = |number| {
            Ok(match row.get_ref(number)? {
                ValueRef::Null => Cell::Nothing,
                ValueRef::Integer(number) => Cell::Whole(number),
                ValueRef::Text(text) => {
                    Cell::Text(String::from_utf8(text.to_vec()).map_err(|fault| broken(table.name, &fault))?)
                }
                other => return Err(broken(table.name, &format!("a column holds {}", other.data_type())).into()),
            })
        };
        page.push((0..table.columns.len()).map(cell).collect::<Result<_, Failure>>()?);
    }
    Ok(page)
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
