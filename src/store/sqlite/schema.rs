//! The numbered steps from an empty file to the present tables.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::store::StoreFault;
use crate::store::sqlite::failure::Failure;

/// Says that a database is modelpin's: `mpin`.
const APPLICATION: i64 = 0x6d70_696e;

/// Each brings the database from the number before to its own, counted from 1. Only ever added to.
const STEPS: [&str; 3] = [
    include_str!("../sql/0001_tables.sql"),
    include_str!("../sql/0002_inbox.sql"),
    include_str!("../sql/0003_operators.sql"),
];

/// The schema this program knows.
#[allow(clippy::cast_possible_wrap, reason = "a handful of steps")]
pub(crate) const KNOWN: i64 = STEPS.len() as i64;

/// From this number on there is what those want to know who look after a bot.
pub(crate) const OPERATORS: i64 = 3;

/// Brings the database up to date.
pub(crate) fn migrate(db: &mut Connection, path: &Path) -> Result<(), Failure> {
    expect_ours(db, path)?;
    if check(db, path)? == KNOWN {
        return Ok(());
    }
    if db.is_readonly(rusqlite::MAIN_DB)? {
        let why = "it has to be brought up to date first, and it can only be read".to_owned();
        return Err(StoreFault::ReadOnly { path: path.to_path_buf(), why }.into());
    }
    use_write_ahead_log(db)?;
    let steps = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been first.
    let found = check(&steps, path)?;
    for (_, step) in (1..).zip(STEPS).filter(|(number, _)| *number > found) {
        steps.execute_batch(step)?;
    }
    steps.pragma_update(None, "user_version", KNOWN)?;
    steps.pragma_update(None, "application_id", APPLICATION)?;
    Ok(steps.commit()?)
}

/// The number of the schema, 0 for an empty file.
///
/// Asked again by every group of writes: a newer modelpin may bring the database up to date while this one runs.
pub(crate) fn check(db: &Connection, path: &Path) -> Result<i64, Failure> {
    let found = db.prepare_cached("PRAGMA user_version")?.query_row([], |row| row.get(0))?;
    if found > KNOWN {
        return Err(StoreFault::TooNew { path: path.to_path_buf(), found, known: KNOWN }.into());
    }
    Ok(found)
}

/// Refuses a database with anything in it that was not made by modelpin.
pub(crate) fn expect_ours(db: &Connection, path: &Path) -> Result<(), Failure> {
    // In this order: another process that makes the tables at this moment marks them as ours in the same commit.
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let application: i64 = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if application == APPLICATION || application == 0 && tables == 0 {
        return Ok(());
    }
    let why = "it is a database, but not modelpin's; it was left as it is".to_owned();
    Err(StoreFault::Broken { path: path.to_path_buf(), why }.into())
}

/// Switches the file to WAL mode, for good. SQLite does not wait for a lock there, because two that switch at once would
/// wait for each other.
fn use_write_ahead_log(db: &Connection) -> Result<(), Failure> {
    for _ in 0..500 {
        match db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)) {
            Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == ErrorCode::DatabaseBusy => {
                thread::sleep(Duration::from_millis(5));
            }
            other => return other.map(|_| ()).map_err(Failure::from),
        }
    }
    Ok(db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?)
}
