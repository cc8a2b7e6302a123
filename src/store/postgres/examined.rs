//! Looking through the database without a write.

use deadpool_postgres::Object;
use modelpin_chat::BoxFuture;

use crate::session::Session;
use crate::store::copy::Cells;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::{Postgres, carried, collected, schema};
use crate::store::{Examined, FoundRow, Gone, Schema, StoreFault, Touched};

const TABLES: &str = "SELECT table_name::TEXT FROM information_schema.tables WHERE table_schema = 'modelpin'";

impl Examined for Postgres {
    fn schema(&self) -> BoxFuture<'_, Result<Option<Schema>, StoreFault>> {
        self.look(self.shown().to_path_buf(), |client, shown| {
            Box::pin(async move {
                let version = schema::found(client, shown).await?;
                if version == 0 {
                    return Ok(None);
                }
                let rows = client.query(TABLES, &[]).await?;
                let tables = rows.iter().map(|row| Ok(row.try_get(0)?)).collect::<Result<_, Failure>>()?;
                Ok(Some(Schema { version, known: schema::KNOWN, tables }))
            })
        })
    }

    fn rows(
        &self,
        table: usize,
        only: Option<&'static [&'static str]>,
        after: Option<Cells>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<FoundRow>, StoreFault>> {
        self.look((table, only, after, limit), |client, (table, only, after, limit)| {
            Box::pin(carried::rows(client, *table, *only, after.as_deref(), *limit))
        })
    }

    fn own_flaws(&self) -> BoxFuture<'_, Result<Vec<String>, StoreFault>> {
        // It has no question that everybody may ask. A page that it cannot read is a fault of the rows on it.
        Box::pin(async { Ok(Vec::new()) })
    }

    fn would_go(&self, sessions: Vec<Session>, touched: Touched) -> BoxFuture<'_, Result<Gone, StoreFault>> {
        self.look((sessions, touched), |client: &Object, (sessions, touched)| {
            Box::pin(collected::would_go(client, sessions, *touched))
        })
    }
}
