//! The table of what was said.

use jiff::Timestamp;
use modelpin_chat::BoxFuture;
use rusqlite::{Connection, params};

use crate::history::Utterance;
use crate::session::SessionKey;
use crate::store::row::{nanos, role_of, role_word, time, whole};
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::cache::Effect;
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::job::Written;
use crate::store::{HistoryTable, StoreFault};

const TABLE: &str = "history";
const LAST: &str = "SELECT role, text, at FROM history WHERE session = ?1 AND conversation = ?2
    ORDER BY id DESC LIMIT ?3";
const ADD: &str = "INSERT INTO history (session, conversation, at, role, text) VALUES (?1, ?2, ?3, ?4, ?5)";
const LET_GO_EARLIER: &str = "DELETE FROM history WHERE session = ?1 AND conversation < ?2";
const LET_GO: &str = "DELETE FROM history WHERE session = ?1 AND conversation = ?2 AND id <=
    (SELECT id FROM history WHERE session = ?1 AND conversation = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)";
const LATEST: &str = "SELECT max(at) FROM history WHERE session = ?1";

impl HistoryTable for Sqlite {
    fn history<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Utterance>, StoreFault>> {
        Box::pin(async move { self.read(|db| last(db, key, conversation, limit)) })
    }

    fn append<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        utterances: Vec<Utterance>,
        keep: usize,
    ) -> BoxFuture<'a, Result<(), StoreFault>> {
        let key = key.clone();
        Box::pin(self.writer.write(move |db| append(db, &key, conversation, &utterances, keep)))
    }

    fn last_utterance<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Timestamp>, StoreFault>> {
        Box::pin(async move { self.read(|db| latest(db, key)) })
    }
}

fn last(db: &Connection, key: &SessionKey, conversation: u64, limit: usize) -> Result<Vec<Utterance>, Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = db.prepare_cached(LAST)?;
    let rows = statement.query_map(params![key.as_str(), whole(conversation), limit], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
    })?;
    let mut said = Vec::new();
    for row in rows {
        let (role, text, at) = row?;
        said.push(Utterance { role: role_of(&role)?, text, at: time(TABLE, at)? });
    }
    said.reverse();
    Ok(said)
}

fn append(db: &Connection, key: &SessionKey, conversation: u64, said: &[Utterance], keep: usize) -> Written<()> {
    let (session, conversation) = (key.as_str(), whole(conversation));
    // What would be let go at once is not written first.
    let kept = &said[said.len().saturating_sub(keep)..];
    let mut changed = kept.len();
    let mut add = db.prepare_cached(ADD)?;
    for Utterance { role, text, at } in kept {
        add.execute(params![session, conversation, nanos(*at), role_word(*role), text])?;
    }
    let keep = i64::try_from(keep).unwrap_or(i64::MAX);
    changed += db.prepare_cached(LET_GO)?.execute(params![session, conversation, keep])?;
    changed += db.prepare_cached(LET_GO_EARLIER)?.execute(params![session, conversation])?;
    Ok((if changed == 0 { Effect::Nothing } else { Effect::Elsewhere }, ()))
}

fn latest(db: &Connection, key: &SessionKey) -> Result<Option<Timestamp>, Failure> {
    let at: Option<i64> = db.prepare_cached(LATEST)?.query_row([key.as_str()], |row| row.get(0))?;
    Ok(at.map(|at| time(TABLE, at)).transpose()?)
}
