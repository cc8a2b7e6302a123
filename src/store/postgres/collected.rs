//! Letting go of old rows.

use deadpool_postgres::{Object, Transaction};
use futures_util::future::try_join_all;
use modelpin_chat::BoxFuture;
use tokio_postgres::Error;

use crate::session::Session;
use crate::store::copy::{Cells, TABLES};
use crate::store::postgres::Postgres;
use crate::store::postgres::carried::{borrowed, value};
use crate::store::postgres::failure::Failure;
use crate::store::row::{nanos, whole};
use crate::store::{Collected, Gone, StoreFault, Touched};

/// The condition is looked at once more when somebody else had the row and let go of it: of another revision is a session
/// that was changed since it was judged. One that was made anew may have the same revision, and has another time.
const TAKE_SESSION: &str = "DELETE FROM modelpin.sessions WHERE key = $1 AND revision = $2 AND updated = $3
    AND NOT EXISTS (SELECT 1 FROM modelpin.history WHERE session = $1 AND at >= $4)
    AND NOT EXISTS (SELECT 1 FROM modelpin.menus WHERE session = $1 AND NOT superseded AND expires >= $5)";
const TAKE_HISTORY: &str = "DELETE FROM modelpin.history WHERE session = ANY($1)";
/// Those that have a later one are found by their end alone.
const TAKE_MENUS: &str = "DELETE FROM modelpin.menus WHERE session = ANY($1) AND NOT superseded";
/// What was said and has not gone by its age, of a session that is not touched.
const SAID: &str = "SELECT (SELECT count(*) FROM modelpin.history WHERE session = $1 AND at >= $4) WHERE
    NOT EXISTS (SELECT 1 FROM modelpin.history WHERE session = $1 AND at >= $2)
    AND NOT EXISTS (SELECT 1 FROM modelpin.menus WHERE session = $1 AND NOT superseded AND expires >= $3)";

impl Collected for Postgres {
    fn let_go(
        &self,
        table: usize,
        only: &'static [&'static str],
        rows: Vec<Cells>,
    ) -> BoxFuture<'_, Result<u64, StoreFault>> {
        self.write((table, only, rows), |transaction, (table, only, rows)| {
            Box::pin(let_go(transaction, *table, only, rows))
        })
    }

    fn let_sessions_go(&self, sessions: Vec<Session>, touched: Touched) -> BoxFuture<'_, Result<Gone, StoreFault>> {
        self.write((sessions, touched), |transaction, (sessions, touched)| {
            Box::pin(let_sessions_go(transaction, sessions, *touched))
        })
    }
}

async fn let_go(transaction: &Transaction<'_>, table: usize, only: &[&str], rows: &[Cells]) -> Result<u64, Failure> {
    let table = &TABLES[table];
    let columns = table.with(Some(only));
    let same = columns.iter().enumerate().map(|(at, column)| format!("{} = ${}", column.elsewhere(), at + 1));
    let same = same.collect::<Vec<_>>().join(" AND ");
    let take = transaction.prepare_cached(&format!("DELETE FROM modelpin.{} WHERE {same}", table.name)).await?;
    let values = rows.iter().map(|row| columns.iter().zip(row).map(|(column, cell)| value(column, cell)).collect());
    let values = values.collect::<Result<Vec<Vec<_>>, Failure>>()?;
    // All are under way at once, so that a batch does not cost as many journeys as it has rows.
    let taken = values.iter().map(|row| {
        let (row, take) = (borrowed(row), &take);
        async move { transaction.execute(take, &row).await }
    });
    Ok(try_join_all(taken).await?.into_iter().sum())
}

async fn let_sessions_go(
    transaction: &Transaction<'_>,
    sessions: &[Session],
    touched: Touched,
) -> Result<Gone, Failure> {
    let Touched { said, open, history: _ } = touched;
    let take = &transaction.prepare_cached(TAKE_SESSION).await?;
    let taken = sessions.iter().map(|Session { key, revision, updated, .. }| async move {
        let (key, revision, updated) = (key.as_str(), whole(*revision), nanos(*updated));
        let taken = transaction.execute(take, &[&key, &revision, &updated, &said, &open]).await?;
        Ok::<_, Error>((taken > 0).then_some(key))
    });
    let keys: Vec<&str> = try_join_all(taken).await?.into_iter().flatten().collect();
    if keys.is_empty() {
        return Ok(Gone::default());
    }
    let history = transaction.execute(TAKE_HISTORY, &[&keys]).await?;
    let menus = transaction.execute(TAKE_MENUS, &[&keys]).await?;
    Ok(Gone { sessions: keys.len() as u64, history, menus })
}

/// Menus that have ended have gone already, and a session with another one stays.
pub(crate) async fn would_go(client: &Object, sessions: &[Session], touched: Touched) -> Result<Gone, Failure> {
    let Touched { said, open, history } = touched;
    let count = &client.prepare_cached(SAID).await?;
    let counted = sessions.iter().map(|Session { key, .. }| async move {
        client.query_opt(count, &[&key.as_str(), &said, &open, &history]).await
    });
    let mut gone = Gone::default();
    for row in try_join_all(counted).await?.into_iter().flatten() {
        gone.sessions += 1;
        gone.history += u64::try_from(row.try_get::<_, i64>(0)?).unwrap_or(0);
    }
    Ok(gone)
}
