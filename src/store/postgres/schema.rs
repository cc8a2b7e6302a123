//! The numbered steps from an empty database to the present tables.
//!
//! A step is run while others use the tables, and an older modelpin may go on beside it: it adds, and takes away only what
//! no program from `oldest` on asks for.

use std::path::Path;

use deadpool_postgres::Object;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::store::StoreFault;
use crate::store::postgres::failure::Failure;

/// One step.
struct Step {
    text: &'static str,
    /// The first number whose program can work on what this step leaves.
    oldest: i64,
}

/// Each brings the database from the number before to its own, counted from 1. Only ever added to.
const STEPS: [Step; 1] = [Step { text: include_str!("../sql/postgres/0001_tables.sql"), oldest: 1 }];

/// The schema this program knows.
#[allow(clippy::cast_possible_wrap, reason = "a handful of steps")]
pub(crate) const KNOWN: i64 = STEPS.len() as i64;

const FIND: &str = "SELECT version, oldest FROM modelpin.version WHERE one = 1";
const PREPARE: &str = "CREATE SCHEMA IF NOT EXISTS modelpin;
    CREATE TABLE IF NOT EXISTS modelpin.version (
        one     BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
        version BIGINT NOT NULL,
        oldest  BIGINT NOT NULL
    );
    INSERT INTO modelpin.version (one, version, oldest) VALUES (1, 0, 0) ON CONFLICT DO NOTHING";
const NOTE: &str = "UPDATE modelpin.version SET version = $1, oldest = $2 WHERE one = 1";

/// How often it is tried to make what another program makes at the same time.
const TRIES: u32 = 10;

/// Brings the database up to date.
pub(crate) async fn migrate(client: &mut Object, shown: &Path) -> Result<(), Failure> {
    if found(client, shown).await? >= KNOWN {
        return Ok(());
    }
    let mut tries = 1;
    loop {
        match step(client, shown).await {
            Err(failure) if tries < TRIES && is_made_by_others(&failure) => tries += 1,
            done => return done,
        }
    }
}

/// The number of the schema, 0 for an empty database.
pub(crate) async fn found(client: &Object, shown: &Path) -> Result<i64, Failure> {
    match client.query_opt(FIND, &[]).await {
        Ok(Some(row)) => check(row.try_get(0)?, row.try_get(1)?, shown),
        Ok(None) => Ok(0),
        Err(error) if is_missing(&error) => Ok(0),
        Err(error) => Err(error.into()),
    }
}

fn check(version: i64, oldest: i64, shown: &Path) -> Result<i64, Failure> {
    if oldest > KNOWN {
        return Err(StoreFault::TooNew { path: shown.to_path_buf(), found: version, known: KNOWN }.into());
    }
    Ok(version)
}

async fn step(client: &mut Object, shown: &Path) -> Result<(), Failure> {
    client.batch_execute(PREPARE).await?;
    let steps = client.transaction().await?;
    // Another program may have been first: this waits for it.
    let row = steps.query_one(&format!("{FIND} FOR UPDATE"), &[]).await?;
    let version = check(row.try_get(0)?, row.try_get(1)?, shown)?;
    if version < KNOWN {
        let mut oldest = row.try_get(1)?;
        for (_, step) in (1..).zip(&STEPS).filter(|(number, _)| *number > version) {
            steps.batch_execute(step.text).await?;
            oldest = step.oldest;
        }
        steps.execute(NOTE, &[&KNOWN, &oldest]).await?;
    }
    Ok(steps.commit().await?)
}

fn is_missing(error: &Error) -> bool {
    error.code().is_some_and(|code| [SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME].contains(code))
}

/// `IF NOT EXISTS` does not wait for who is making the same.
fn is_made_by_others(failure: &Failure) -> bool {
    let made =
        [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_SCHEMA, SqlState::DUPLICATE_OBJECT];
    let Failure::Sql(error) = failure else { return false };
    failure.is_because_of_others() || error.code().is_some_and(|code| made.contains(code))
}
