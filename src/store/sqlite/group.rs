//! One group of writes: one transaction, one sync, as many answers as there were askers.

use std::path::Path;

use rusqlite::Connection;

use crate::store::StoreFault;
use crate::store::sqlite::cache::{Cache, Effect};
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::job::Job;
use crate::store::sqlite::schema;
use crate::store::sqlite::wal_index::Header;

/// Writes the group and answers everybody. Returns the header of the WAL index after it.
pub(crate) fn write(db: &Connection, path: &Path, cache: &Cache, mut jobs: Vec<Box<dyn Job>>) -> Option<Header> {
    let (outcomes, header) = match begin(db, path) {
        Ok(()) => {
            let before = cache.commit_begins();
            let group = run(db, path, &mut jobs).and_then(|group| execute(db, "COMMIT").map(|()| group));
            if group.is_err() && !db.is_autocommit() {
                roll_back(db);
            }
            let effects = group.as_ref().map_or(&[][..], |group| &group.effects);
            let header = cache.commit_ended(before, effects);
            (group.map(|group| group.outcomes).map_err(|failure| failure.of(path)), header)
        }
        Err(failure) => {
            if !db.is_autocommit() {
                roll_back(db);
            }
            (Err(failure.of(path)), None)
        }
    };
    match outcomes {
        Ok(outcomes) => jobs.into_iter().zip(outcomes).for_each(|(job, outcome)| job.answer(outcome)),
        Err(fault) => jobs.into_iter().for_each(|job| job.answer(Err(fault.clone()))),
    }
    header
}

/// What the items of a group did, in their order.
struct Group {
    effects: Vec<Effect>,
    outcomes: Vec<Result<(), StoreFault>>,
}

fn begin(db: &Connection, path: &Path) -> Result<(), Failure> {
    execute(db, "BEGIN IMMEDIATE")?;
    schema::check(db, path)?;
    Ok(())
}

/// Runs the items, each in a savepoint. Fails when the whole transaction is lost.
fn run(db: &Connection, path: &Path, jobs: &mut [Box<dyn Job>]) -> Result<Group, Failure> {
    let mut group = Group { effects: Vec::with_capacity(jobs.len()), outcomes: Vec::with_capacity(jobs.len()) };
    for job in jobs {
        execute(db, "SAVEPOINT item")?;
        match job.run(db) {
            Ok(effect) => {
                group.effects.push(effect);
                group.outcomes.push(Ok(()));
            }
            // SQLite ends the transaction by itself where it cannot go on: out of space, out of memory, I/O error.
            Err(failure) if db.is_autocommit() => return Err(failure),
            Err(failure) => {
                execute(db, "ROLLBACK TO item")?;
                group.outcomes.push(Err(failure.of(path)));
            }
        }
        execute(db, "RELEASE item")?;
    }
    Ok(group)
}

fn execute(db: &Connection, sql: &str) -> Result<(), Failure> {
    db.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn roll_back(db: &Connection) {
    if let Err(error) = db.execute_batch("ROLLBACK") {
        tracing::error!(%error, "a failed group of writes could not be rolled back");
    }
}
