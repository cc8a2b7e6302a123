//! The table of the sessions.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use modelpin_chat::BoxFuture;
use rusqlite::{Connection, OptionalExtension, Row, params};
use tokio::sync::oneshot;

use crate::audit::Demand;
use crate::session::{Session, SessionKey};
use crate::store::row::{SessionRow, whole};
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::audit::append_demanded;
use crate::store::sqlite::cache::{Effect, Look};
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::job::Written;
use crate::store::{Audited, CommitFault, SessionTable, StoreFault};

const LOAD: &str = "SELECT key, revision, conversation, created, updated, parent, state FROM sessions WHERE key = ?1";
const INSERT: &str = "INSERT INTO sessions (key, revision, conversation, created, updated, parent, state)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
const UPDATE: &str = "UPDATE sessions
    SET revision = ?2, conversation = ?3, created = ?4, updated = ?5, parent = ?6, state = ?7
    WHERE key = ?1 AND revision = ?8";
const LIST: &str = "SELECT key, revision, conversation, created, updated, parent, state FROM sessions
    WHERE key >= ?1 AND key < ?1 || char(0x10ffff) ORDER BY key LIMIT ?2";

impl SessionTable for Sqlite {
    fn load<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Arc<Session>>, StoreFault>> {
        Box::pin(async move {
            let ticket = match self.cache.session(key) {
                Look::Hit(row) => return Ok(row),
                Look::Miss(ticket) => ticket,
            };
            let row = self.read(|db| load(db, key.as_str()))?;
            self.cache.keep_session(ticket, key, row.as_ref());
            Ok(row)
        })
    }

    fn commit(&self, session: Session) -> BoxFuture<'_, Result<Arc<Session>, CommitFault>> {
        Box::pin(async move {
            let committed = self.writer.write(move |db| commit(db, session)).await?;
            committed.map_err(CommitFault::Conflict)
        })
    }

    fn commit_audited(
        &self,
        session: Session,
        demand: Demand,
    ) -> BoxFuture<'_, Result<Audited<Arc<Session>>, CommitFault>> {
        let path = self.path.clone();
        Box::pin(async move {
            let committed = self.writer.write(move |db| commit_audited(db, session, &demand, &path)).await?;
            committed.map_err(CommitFault::Conflict)
        })
    }

    fn list<'a>(&'a self, prefix: &'a str, limit: usize) -> BoxFuture<'a, Result<Vec<Arc<Session>>, StoreFault>> {
        Box::pin(async move {
            let (answer, rows) = oneshot::channel();
            let (readers, prefix) = (Arc::clone(&self.readers), prefix.to_owned());
            let broken = |why: String| StoreFault::Broken { path: self.path.clone(), why };
            thread::Builder::new()
                .name("modelpin-list".to_owned())
                .spawn(move || drop(answer.send(readers.read(|db| list(db, &prefix, limit)))))
                .map_err(|error| broken(format!("its reader did not start: {error}")))?;
            let rows = rows.await.map_err(|_| broken("its reader ended unexpectedly".to_owned()))?;
            rows.map_err(|failure| failure.of(&self.path))
        })
    }
}

fn load(db: &Connection, key: &str) -> Result<Option<Arc<Session>>, Failure> {
    let row = db.prepare_cached(LOAD)?.query_row([key], columns).optional()?;
    Ok(row.map(|row| row.read().map(Arc::new)).transpose()?)
}

fn list(db: &Connection, prefix: &str, limit: usize) -> Result<Vec<Arc<Session>>, Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = db.prepare_cached(LIST)?;
    let rows = statement.query_map(params![prefix, limit], columns)?;
    rows.map(|row| Ok(Arc::new(row?.read()?))).collect()
}

/// The row as it was committed, or what stands in its place.
type Committed<T> = Result<T, Option<Arc<Session>>>;

fn commit_audited(
    db: &Connection,
    session: Session,
    demand: &Demand,
    path: &Path,
) -> Written<Committed<Audited<Arc<Session>>>> {
    let (effect, committed) = commit(db, session)?;
    let audited = match committed {
        Ok(value) => Ok(Audited { value, unaudited: append_demanded(db, demand, path)? }),
        Err(conflict) => Err(conflict),
    };
    Ok((effect, audited))
}

/// Writes the row if its revision is the stored one; else returns the stored row.
fn commit(db: &Connection, session: Session) -> Written<Committed<Arc<Session>>> {
    let expected = session.revision;
    let session = Session { revision: expected + 1, ..session };
    let SessionRow { key, revision, conversation, created, updated, parent, state } = SessionRow::of(&session)?;
    let written = if expected == 0 {
        db.prepare_cached(INSERT)?.execute(params![key, revision, conversation, created, updated, parent, state])?
    } else {
        let expected = whole(expected);
        db.prepare_cached(UPDATE)?.execute(params![
            key,
            revision,
            conversation,
            created,
            updated,
            parent,
            state,
            expected
        ])?
    };
    if written == 0 {
        return Ok((Effect::Nothing, Err(load(db, &key)?)));
    }
    let committed = Arc::new(session);
    Ok((Effect::Session(Arc::clone(&committed)), Ok(committed)))
}

pub(crate) fn columns(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        key: row.get(0)?,
        revision: row.get(1)?,
        conversation: row.get(2)?,
        created: row.get(3)?,
        updated: row.get(4)?,
        parent: row.get(5)?,
        state: row.get(6)?,
    })
}
