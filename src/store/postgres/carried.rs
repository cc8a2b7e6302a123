//! All rows of a table as they are.

use deadpool_postgres::{Object, Transaction};
use modelpin_chat::BoxFuture;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::store::StoreFault;
use crate::store::copy::{Carried, Cell, Cells, Column, Kind, TABLES};
use crate::store::postgres::Postgres;
use crate::store::postgres::failure::Failure;
use crate::store::row::{broken, from_json, json};

/// Where numbers are given out by the database, which have to go on behind those that were carried over.
const NUMBERED: [(&str, &str); 3] = [("receipts", "id"), ("history", "id"), ("inbox", "arrival")];

impl Carried for Postgres {
    fn page(&self, table: usize, after: Option<Cells>, limit: usize) -> BoxFuture<'_, Result<Vec<Cells>, StoreFault>> {
        self.read((table, after, limit), |client, (table, after, limit)| {
            Box::pin(page(client, *table, after.as_deref(), *limit))
        })
    }

    fn put(&self, table: usize, rows: Vec<Cells>) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.write((table, rows), |transaction, (table, rows)| Box::pin(put(transaction, *table, rows)))
    }
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(Column::elsewhere).collect::<Vec<_>>().join(", ")
}

fn places(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// A cell as the driver takes it.
type Value = Box<dyn ToSql + Sync + Send>;

async fn page(client: &Object, table: usize, after: Option<&[Cell]>, limit: usize) -> Result<Vec<Cells>, Failure> {
    let table = &TABLES[table];
    let (columns, key) = (names(table.columns), names(table.key()));
    let behind = after.map_or_else(String::new, |_| format!("WHERE ({key}) > ({})", places(1, table.key().len())));
    let text = format!("SELECT {columns} FROM modelpin.{} {behind} ORDER BY {key} LIMIT {limit}", table.name);
    let statement = client.prepare_cached(&text).await?;
    let values = table.key().iter().zip(after.unwrap_or_default());
    let values = values.map(|(column, cell)| value(column, cell)).collect::<Result<Vec<_>, _>>()?;
    let rows = client.query(&statement, &borrowed(&values)).await?;
    rows.iter().map(|row| cells(table.columns, row)).collect()
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

fn borrowed(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
}

fn value(column: &Column, cell: &Cell) -> Result<Value, Failure> {
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

fn cells(columns: &[Column], row: &Row) -> Result<Cells, Failure> {
    let text = |text: Option<String>| text.map_or(Cell::Nothing, Cell::Text);
    let cell = |(number, column): (usize, &Column)| {
        Ok(match column.kind {
            Kind::Text => text(row.try_get(number)?),
            Kind::Said => {
                let said: Option<&str> = row.try_get(number)?;
                text(said.map(|said| from_json("history", said)).transpose()?)
            }
            Kind::Whole => row.try_get::<_, Option<i64>>(number)?.map_or(Cell::Nothing, Cell::Whole),
            Kind::Flag => Cell::Whole(i64::from(row.try_get::<_, bool>(number)?)),
        })
    };
    columns.iter().enumerate().map(cell).collect()
}
