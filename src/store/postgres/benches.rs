//! The table of the benches.

use std::sync::Arc;

use deadpool_postgres::{GenericClient, Transaction};
use modelpin_chat::BoxFuture;
use tokio_postgres::Row;

use crate::health::{Bench, BenchScope};
use crate::store::postgres::Postgres;
use crate::store::postgres::failure::Failure;
use crate::store::row::{BenchRow, ScopeRow, broken};
use crate::store::{BenchUpdate, HealthTable, StoreFault};

const ALL: &str = "SELECT class, strikes, since, until, provider, fingerprint, model FROM modelpin.benches";
/// A row that can be taken where there is none yet, so that of two who find nothing the second waits for the first. It is
/// seen by nobody else: it is written over or removed before the transaction ends.
const PLACE: &str = "INSERT INTO modelpin.benches (provider, fingerprint, model, class, strikes, since, until)
    VALUES ($1, $2, $3, '', 0, 0, NULL) ON CONFLICT (provider, fingerprint, model) DO NOTHING";
const TAKE: &str = "SELECT class, strikes, since, until FROM modelpin.benches
    WHERE provider = $1 AND fingerprint = $2 AND model = $3 FOR UPDATE";
const SAVE: &str = "UPDATE modelpin.benches SET class = $4, strikes = $5, since = $6, until = $7
    WHERE provider = $1 AND fingerprint = $2 AND model = $3";
const REMOVE: &str = "DELETE FROM modelpin.benches WHERE provider = $1 AND fingerprint = $2 AND model = $3";

impl HealthTable for Postgres {
    fn benches(&self) -> BoxFuture<'_, Result<Arc<Vec<Bench>>, StoreFault>> {
        self.read((), |client, ()| Box::pin(async move { Ok(Arc::new(all(client).await?)) }))
    }

    fn update_bench(&self, scope: BenchScope, update: BenchUpdate) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.write((scope, update), |transaction, (scope, update)| Box::pin(apply(transaction, scope, update)))
    }
}

pub(crate) async fn all(client: &impl GenericClient) -> Result<Vec<Bench>, Failure> {
    let statement = client.prepare_cached(ALL).await?;
    let rows = client.query(&statement, &[]).await?;
    rows.iter()
        .map(|row| {
            let scope = ScopeRow { provider: row.try_get(4)?, fingerprint: row.try_get(5)?, model: row.try_get(6)? };
            Ok(columns(row)?.read(scope)?)
        })
        .collect()
}

async fn apply(transaction: &Transaction<'_>, scope: &BenchScope, update: &BenchUpdate) -> Result<(), Failure> {
    let at = ScopeRow::of(scope);
    let ScopeRow { provider, fingerprint, model } = &at;
    let stored = loop {
        let placed = transaction.execute(PLACE, &[provider, fingerprint, model]).await? > 0;
        match transaction.query_opt(TAKE, &[provider, fingerprint, model]).await? {
            Some(_) if placed => break None,
            Some(row) => break Some(columns(&row)?.read(at.clone())?),
            // Somebody took it away who had it when ours was to be placed.
            None => {}
        }
    };
    match update(stored.as_ref()).map(|bench| Bench { scope: scope.clone(), ..bench }) {
        Some(updated) => {
            let BenchRow { class, strikes, since, until } = BenchRow::of(&updated);
            let strikes = i64::from(strikes);
            transaction.execute(SAVE, &[provider, fingerprint, model, &class, &strikes, &since, &until]).await?;
        }
        None => {
            transaction.execute(REMOVE, &[provider, fingerprint, model]).await?;
        }
    }
    Ok(())
}

fn columns(row: &Row) -> Result<BenchRow, Failure> {
    let strikes: i64 = row.try_get(1)?;
    Ok(BenchRow {
        class: row.try_get(0)?,
        strikes: u32::try_from(strikes).map_err(|fault| broken("benches", &fault))?,
        since: row.try_get(2)?,
        until: row.try_get(3)?,
    })
}
