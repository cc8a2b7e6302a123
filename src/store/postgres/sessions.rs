//! The table of the sessions.

use std::sync::Arc;

use deadpool_postgres::{GenericClient, Object};
use modelpin_chat::BoxFuture;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

use crate::audit::Demand;
use crate::session::{Session, SessionKey};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::{Postgres, count, end_of};
use crate::store::row::{SessionRow, nanos, whole};
use crate::store::{Audited, CommitFault, SessionTable, StoreFault};

const LOAD: &str =
    "SELECT key, revision, conversation, created, updated, parent, state FROM modelpin.sessions WHERE key = $1";
/// The row without its text where that has not changed. A key that was let go and is used anew begins with revision 1 again,
/// but not at the same moment.
const LOAD_NEWS: &str = "SELECT key, revision, conversation, created, updated, parent,
        CASE WHEN revision = $2 AND created = $3 THEN NULL ELSE state END
    FROM modelpin.sessions WHERE key = $1";
const INSERT: &str = "INSERT INTO modelpin.sessions (key, revision, conversation, created, updated, parent, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key) DO NOTHING";
const UPDATE: &str = "UPDATE modelpin.sessions
    SET revision = $2, conversation = $3, created = $4, updated = $5, parent = $6, state = $7
    WHERE key = $1 AND revision = $8";
const LIST: &str = "SELECT key, revision, conversation, created, updated, parent, state FROM modelpin.sessions
    WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3";

/// The row as it was committed, or what stands in its place.
pub(crate) type Committed<T> = Result<T, Option<Arc<Session>>>;

impl SessionTable for Postgres {
    fn load<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Arc<Session>>, StoreFault>> {
        let known = self.shared.known.find(key);
        let loaded = self.read((key.to_string(), known), |client, (key, known)| {
            Box::pin(async move {
                match known {
                    Some(known) => load_news(client, known).await,
                    None => load(client, key).await,
                }
            })
        });
        Box::pin(async move { Ok(loaded.await?.inspect(|row| self.shared.known.keep(row))) })
    }

    fn remembered(&self, key: &SessionKey) -> Option<Arc<Session>> {
        self.shared.known.find(key)
    }

    fn commit(&self, session: Session) -> BoxFuture<'_, Result<Arc<Session>, CommitFault>> {
        // One statement needs no transaction around it.
        let committed = self.read(session, |client, session| Box::pin(commit(client, session)));
        Box::pin(async move {
            let row = committed.await?.map_err(CommitFault::Conflict)?;
            self.shared.known.keep(&row);
            Ok(row)
        })
    }

    fn commit_audited(
        &self,
        session: Session,
        demand: Demand,
    ) -> BoxFuture<'_, Result<Audited<Arc<Session>>, CommitFault>> {
        let told = self.handle().map(|runtime| self.shared.with_others(session, demand, runtime));
        let ended = || Failure::Ended.of(self.shown());
        Box::pin(async move {
            let told = told.ok_or_else(ended)?.await.map_err(|_| ended())?;
            let row = told?.map_err(CommitFault::Conflict)?;
            self.shared.known.keep(&row.value);
            Ok(row)
        })
    }

    fn list<'a>(&'a self, prefix: &'a str, limit: usize) -> BoxFuture<'a, Result<Vec<Arc<Session>>, StoreFault>> {
        self.read((prefix.to_owned(), limit), |client, (prefix, limit)| Box::pin(list(client, prefix, *limit)))
    }
}

pub(crate) async fn load(client: &impl GenericClient, key: &str) -> Result<Option<Arc<Session>>, Failure> {
    let statement = client.prepare_cached(LOAD).await?;
    let row = client.query_opt(&statement, &[&key]).await?;
    row.map(|row| read(&row)).transpose()
}

/// The row of a session that is known here; the very same one where nobody has changed it.
async fn load_news(client: &Object, known: &Arc<Session>) -> Result<Option<Arc<Session>>, Failure> {
    let statement = client.prepare_cached(LOAD_NEWS).await?;
    let values: [&(dyn ToSql + Sync); 3] = [&known.key.to_string(), &whole(known.revision), &nanos(known.created)];
    let Some(row) = client.query_opt(&statement, &values).await? else { return Ok(None) };
    let (revision, created): (i64, i64) = (row.try_get(1)?, row.try_get(3)?);
    let is_same = (revision, created) == (whole(known.revision), nanos(known.created));
    if is_same { Ok(Some(Arc::clone(known))) } else { read(&row).map(Some) }
}

async fn list(client: &Object, prefix: &str, limit: usize) -> Result<Vec<Arc<Session>>, Failure> {
    let statement = client.prepare_cached(LIST).await?;
    let rows = client.query(&statement, &[&prefix, &end_of(prefix), &count(limit)]).await?;
    rows.iter().map(read).collect()
}

/// Writes the row if its revision is the stored one; else returns the stored row.
pub(crate) async fn commit(client: &impl GenericClient, session: &Session) -> Result<Committed<Arc<Session>>, Failure> {
    let writing = Writing::of(client, session).await?;
    if writing.write(client).await? { Ok(Ok(writing.row())) } else { Ok(Err(load(client, writing.key()).await?)) }
}

/// A row that is to be written.
pub(crate) struct Writing {
    /// With the revision that it will have.
    session: Session,
    row: SessionRow,
    statement: Statement,
    expected: i64,
}

impl Writing {
    pub(crate) async fn of(client: &impl GenericClient, session: &Session) -> Result<Self, Failure> {
        let expected = session.revision;
        let session = Session { revision: expected + 1, ..session.clone() };
        let row = SessionRow::of(&session)?;
        let statement = client.prepare_cached(if expected == 0 { INSERT } else { UPDATE }).await?;
        Ok(Self { session, row, statement, expected: whole(expected) })
    }

    /// Writes it, and returns whether the stored revision was the expected one.
    pub(crate) async fn write(&self, client: &impl GenericClient) -> Result<bool, Failure> {
        let SessionRow { key, revision, conversation, created, updated, parent, state } = &self.row;
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![key, revision, conversation, created, updated, parent, state];
        if self.expected != 0 {
            values.push(&self.expected);
        }
        Ok(client.execute(&self.statement, &values).await? > 0)
    }

    pub(crate) fn key(&self) -> &str {
        &self.row.key
    }

    /// The row as it was written.
    pub(crate) fn row(self) -> Arc<Session> {
        Arc::new(self.session)
    }
}

pub(crate) fn read(row: &Row) -> Result<Arc<Session>, Failure> {
    let row = SessionRow {
        key: row.try_get(0)?,
        revision: row.try_get(1)?,
        conversation: row.try_get(2)?,
        created: row.try_get(3)?,
        updated: row.try_get(4)?,
        parent: row.try_get(5)?,
        state: row.try_get(6)?,
    };
    Ok(Arc::new(row.read()?))
}
