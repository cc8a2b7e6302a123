//! All rows of a table as they are.

use deadpool_postgres::{Object, Transaction};
use modelpin_chat::BoxFuture;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::store::copy::{Carried, Cell, Cells, Column, Kind, TABLES};
use crate::store::postgres::Postgres;
use crate::store::postgres::failure::Failure;
use crate::store::row::{broken, from_json, json};
use crate::store::{FoundRow, StoreFault};

/// Where numbers are given out by the database, which have to go on behind those that were carried over.
const NUMBERED: [(&str, &str); 3] = [("receipts", "id"), ("history", "id"), ("inbox", "arrival")];

impl Carried for Postgres {
    fn page(&self, table: usize, after: Option<Cells>, limit: usize) -> BoxFuture<'_, Result<Vec<Cells>, StoreFault>> {
        self.read((table, after, limit), |client, (table, after, limit)| {
            Box::pin(async move {
                let rows = rows(client, *table, None, after.as_deref(), *limit).await?;
                rows.into_iter().map(|row| row.cells.map_err(|why| broken(TABLES[*table].name, &why).into())).collect()
            })
        })
    }

    fn put(&self, table: usize, rows: Vec<Cells>) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.write((table, rows), |transaction, (table, rows)| Box::pin(put(transaction, *table, rows)))
    }
}

fn names<'a>(columns: impl IntoIterator<Item = &'a Column>) -> String {
    columns.into_iter().map(Column::elsewhere).collect::<Vec<_>>().join(", ")
}

fn places(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// A cell as the driver takes it.
pub(crate) type Value = Box<dyn ToSql + Sync + Send>;

/// The rows behind a key, as [`Examined::rows`](crate::store::Examined::rows) gives them.
pub(crate) async fn rows(
    client: &Object,
    table: usize,
    only: Option<&[&str]>,
    after: Option<&[Cell]>,
    limit: usize,
) -> Result<Vec<FoundRow>, Failure> {
    let table = &TABLES[table];
    let wanted = table.with(only);
    let (columns, key) = (names(wanted.iter().copied()), names(table.key()));
    let behind = after.map_or_else(String::new, |_| format!("WHERE ({key}) > ({})", places(1, table.key().len())));
    let text = format!("SELECT {columns} FROM modelpin.{} {behind} ORDER BY {key} LIMIT {limit}", table.name);
    let statement = client.prepare_cached(&text).await?;
    let values = table.key().iter().zip(after.unwrap_or_default());
    let values = values.map(|(column, cell)| value(column, cell)).collect::<Result<Vec<_>, _>>()?;
    let rows = client.query(&statement, &borrowed(&values)).await?;
    rows.iter()
        .map(|row| {
            let key = cells(&wanted[..table.key().len()], row)?.map_err(|why| broken(table.name, &why))?;
            Ok(FoundRow { key, cells: cells(&wanted, row)? })
        })
        .collect()
}

async fn put(transaction: &Transaction<'_>, table: usize, rows: &[Cells]) -> Result<(), Failure> {
    let table = &TABLES[table];
    let (name, columns) = (table.name, names(table.columns));
    let text = format!("INSERT INTO modelpin.{name} ({columns}) VALUES ({})", places(1, table.columns.len()));
    let statement = transaction.prepare_cached(&text).await?;
    for row in rows {
        let values = table.columns.iter().zip(row).map(|(column, cell)| value(column, cell));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        transaction.execute(&statement, &borrowed(&values)).await?;
    }
    if let Some((name, column)) = NUMBERED.iter().find(|(name, _)| *name == table.name) {
        let on = format!(
            "SELECT setval(pg_get_serial_sequence('modelpin.{name}', '{column}'), max({column})) FROM modelpin.{name}"
        );
        transaction.query_opt(&on, &[]).await?;
    }
    Ok(())
}

pub(crate) fn borrowed(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
}

pub(crate) fn value(column: &Column, cell: &Cell) -> Result<Value, Failure> {
    Ok(match (column.kind, cell) {
        (Kind::Text, Cell::Text(text)) => Box::new(text.clone()),
        (Kind::Said, Cell::Text(text)) => Box::new(json("history", text)?),
        (Kind::Whole, Cell::Whole(number)) => Box::new(*number),
        (Kind::Flag, Cell::Whole(number)) => Box::new(*number != 0),
        (Kind::Text | Kind::Said, Cell::Nothing) => Box::new(None::<String>),
        (Kind::Whole, Cell::Nothing) => Box::new(None::<i64>),
        (kind, _) => return Err(broken(column.name, &format!("it is no {kind:?}")).into()),
    })
}

/// The cells of a row; or why one makes no sense.
fn cells(columns: &[&Column], row: &Row) -> Result<Result<Cells, String>, Failure> {
    let text = |text: Option<String>| text.map_or(Cell::Nothing, Cell::Text);
    let mut cells = Vec::with_capacity(columns.len());
    for (number, column) in columns.iter().enumerate() {
        cells.push(match column.kind {
            Kind::Text => text(row.try_get(number)?),
            Kind::Said => {
                let said: Option<&str> = row.try_get(number)?;
                match said.map(|said| from_json("history", said)).transpose() {
                    Ok(said) => text(said),
                    Err(fault) => return Ok(Err(fault.why())),
                }
            }
            Kind::Whole => row.try_get::<_, Option<i64>>(number)?.map_or(Cell::Nothing, Cell::Whole),
            Kind::Flag => Cell::Whole(i64::from(row.try_get::<_, bool>(number)?)),
        });
    }
    Ok(Ok(cells))
}
