//! Letting go of old rows.

use modelpin_chat::BoxFuture;
use rusqlite::{Connection, params, params_from_iter};

use crate::session::Session;
use crate::store::copy::{Cells, TABLES};
use crate::store::row::{nanos, whole};
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::cache::Effect;
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::job::Written;
use crate::store::{Collected, Gone, StoreFault, Touched};

/// Of another revision is a session that somebody has changed since it was judged. One that was made anew may have the same
/// revision, and has another time.
const TAKE_SESSION: &str = "DELETE FROM sessions WHERE key = ?1 AND revision = ?2 AND updated = ?3
    AND NOT EXISTS (SELECT 1 FROM history WHERE session = ?1 AND at >= ?4)
    AND NOT EXISTS (SELECT 1 FROM menus WHERE session = ?1 AND superseded = 0 AND expires >= ?5)";
const TAKE_HISTORY: &str = "DELETE FROM history WHERE session = ?1";
/// Those that have a later one are found by their end alone.
const TAKE_MENUS: &str = "DELETE FROM menus WHERE session = ?1 AND superseded = 0";
const TOUCHED: &str = "SELECT EXISTS (SELECT 1 FROM history WHERE session = ?1 AND at >= ?2)
    OR EXISTS (SELECT 1 FROM menus WHERE session = ?1 AND superseded = 0 AND expires >= ?3)";
const SAID: &str = "SELECT count(*) FROM history WHERE session = ?1 AND at >= ?2";

impl Collected for Sqlite {
    fn let_go(
        &self,
        table: usize,
        only: &'static [&'static str],
        rows: Vec<Cells>,
    ) -> BoxFuture<'_, Result<u64, StoreFault>> {
        Box::pin(self.writer.write(move |db| let_go(db, table, only, &rows)))
    }

    fn let_sessions_go(&self, sessions: Vec<Session>, touched: Touched) -> BoxFuture<'_, Result<Gone, StoreFault>> {
        Box::pin(self.writer.write(move |db| let_sessions_go(db, &sessions, touched)))
    }
}

fn let_go(db: &Connection, table: usize, only: &[&str], rows: &[Cells]) -> Written<u64> {
    let table = &TABLES[table];
    let columns = table.with(Some(only));
    let same = columns.iter().map(|column| format!("{} = ?", column.name)).collect::<Vec<_>>().join(" AND ");
    let mut take = db.prepare_cached(&format!("DELETE FROM {} WHERE {same}", table.name))?;
    let mut gone = 0;
    for row in rows {
        gone += take.execute(params_from_iter(row))? as u64;
    }
    let effect = match (gone, table.name) {
        (0, _) => Effect::Nothing,
        (_, "benches") => Effect::Bench,
        (_, _) => Effect::Elsewhere,
    };
    Ok((effect, gone))
}

fn let_sessions_go(db: &Connection, sessions: &[Session], touched: Touched) -> Written<Gone> {
    let Touched { said, open, history: _ } = touched;
    let mut keys = Vec::new();
    let mut gone = Gone::default();
    for Session { key, revision, updated, .. } in sessions {
        let is_gone = db.prepare_cached(TAKE_SESSION)?.execute(params![
            key.as_str(),
            whole(*revision),
            nanos(*updated),
            said,
            open
        ])? > 0;
        if is_gone {
            gone.sessions += 1;
            gone.history += db.prepare_cached(TAKE_HISTORY)?.execute([key.as_str()])? as u64;
            gone.menus += db.prepare_cached(TAKE_MENUS)?.execute([key.as_str()])? as u64;
            keys.push(key.clone());
        }
    }
    Ok((if keys.is_empty() { Effect::Nothing } else { Effect::Gone(keys) }, gone))
}

/// Menus that have ended have gone already, and a session with another one stays.
pub(crate) fn would_go(db: &Connection, sessions: &[Session], touched: Touched) -> Result<Gone, Failure> {
    let Touched { said, open, history } = touched;
    let mut gone = Gone::default();
    for Session { key, .. } in sessions {
        let key = key.as_str();
        let is_touched: bool = db.prepare_cached(TOUCHED)?.query_row(params![key, said, open], |row| row.get(0))?;
        if !is_touched {
            gone.sessions += 1;
            gone.history += db.prepare_cached(SAID)?.query_row(params![key, history], |row| row.get::<_, u64>(0))?;
        }
    }
    Ok(gone)
}
