//! The table of the benches.

use std::sync::Arc;

use modelpin_chat::BoxFuture;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::health::{Bench, BenchScope};
use crate::store::row::{BenchRow, ScopeRow};
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::cache::{Effect, Look};
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::job::Written;
use crate::store::{BenchUpdate, HealthTable, StoreFault};

const ALL: &str = "SELECT class, strikes, since, until, provider, fingerprint, model FROM benches";
const LOAD: &str = "SELECT class, strikes, since, until FROM benches
    WHERE provider = ?1 AND fingerprint = ?2 AND model = ?3";
const SAVE: &str = "INSERT OR REPLACE INTO benches (provider, fingerprint, model, class, strikes, since, until)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const REMOVE: &str = "DELETE FROM benches WHERE provider = ?1 AND fingerprint = ?2 AND model = ?3";

impl HealthTable for Sqlite {
    fn benches(&self) -> BoxFuture<'_, Result<Arc<Vec<Bench>>, StoreFault>> {
        Box::pin(async move {
            let ticket = match self.cache.benches() {
                Look::Hit(benches) => return Ok(benches),
                Look::Miss(ticket) => ticket,
            };
            let benches = Arc::new(self.read(all)?);
            self.cache.keep_benches(ticket, &benches);
            Ok(benches)
        })
    }

    fn update_bench(&self, scope: BenchScope, update: BenchUpdate) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(self.writer.write(move |db| apply(db, scope, &update)))
    }
}

pub(crate) fn all(db: &Connection) -> Result<Vec<Bench>, Failure> {
    let mut statement = db.prepare_cached(ALL)?;
    let rows = statement.query_map([], |row| {
        let scope = ScopeRow { provider: row.get(4)?, fingerprint: row.get(5)?, model: row.get(6)? };
        Ok((scope, columns(row)?))
    })?;
    rows.map(|row| {
        let (scope, bench) = row?;
        Ok(bench.read(scope)?)
    })
    .collect()
}

fn apply(db: &Connection, scope: BenchScope, update: &BenchUpdate) -> Written<()> {
    let at = ScopeRow::of(&scope);
    let stored = db
        .prepare_cached(LOAD)?
        .query_row(params![at.provider, at.fingerprint, at.model], columns)
        .optional()?
        .map(|row| row.read(at.clone()))
        .transpose()?;
    let updated = update(stored.as_ref()).map(|bench| Bench { scope, ..bench });
    if updated == stored {
        return Ok((Effect::Nothing, ()));
    }
    match updated.as_ref().map(BenchRow::of) {
        Some(BenchRow { class, strikes, since, until }) => db.prepare_cached(SAVE)?.execute(params![
            at.provider,
            at.fingerprint,
            at.model,
            class,
            strikes,
            since,
            until
        ])?,
        None => db.prepare_cached(REMOVE)?.execute(params![at.provider, at.fingerprint, at.model])?,
    };
    Ok((Effect::Bench, ()))
}

fn columns(row: &Row<'_>) -> rusqlite::Result<BenchRow> {
    Ok(BenchRow { class: row.get(0)?, strikes: row.get(1)?, since: row.get(2)?, until: row.get(3)? })
}
