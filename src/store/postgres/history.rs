//! The table of what was said.

use deadpool_postgres::{Object, Transaction};
use jiff::Timestamp;
use modelpin_chat::BoxFuture;
use tokio_postgres::Row;

use crate::history::Utterance;
use crate::session::SessionKey;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::{Postgres, count};
use crate::store::row::{from_json, json, nanos, role_of, role_word, time, whole};
use crate::store::{HistoryTable, StoreFault};

const TABLE: &str = "history";
const LAST: &str = "SELECT role, text, at FROM modelpin.history WHERE session = $1 AND conversation = $2
    ORDER BY id DESC LIMIT $3";
const ADD: &str = "INSERT INTO modelpin.history (session, conversation, at, role, text) VALUES ($1, $2, $3, $4, $5)";
const LET_GO_EARLIER: &str = "DELETE FROM modelpin.history WHERE session = $1 AND conversation < $2";
const LET_GO: &str = "DELETE FROM modelpin.history WHERE session = $1 AND conversation = $2 AND id <=
    (SELECT id FROM modelpin.history WHERE session = $1 AND conversation = $2 ORDER BY id DESC LIMIT 1 OFFSET $3)";
const LATEST: &str = "SELECT max(at) FROM modelpin.history WHERE session = $1";

/// What is added to one conversation.
struct Addition {
    session: String,
    conversation: i64,
    said: Vec<Utterance>,
    keep: usize,
}

impl HistoryTable for Postgres {
    fn history<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Utterance>, StoreFault>> {
        self.read((key.to_string(), whole(conversation), count(limit)), |client, (session, conversation, limit)| {
            Box::pin(last(client, session, *conversation, *limit))
        })
    }

    fn append<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        utterances: Vec<Utterance>,
        keep: usize,
    ) -> BoxFuture<'a, Result<(), StoreFault>> {
        let (session, conversation) = (key.to_string(), whole(conversation));
        let addition = Addition { session, conversation, said: utterances, keep };
        self.write(addition, |transaction, addition| Box::pin(append(transaction, addition)))
    }

    fn last_utterance<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Timestamp>, StoreFault>> {
        self.read(key.to_string(), |client, key| {
            Box::pin(async move {
                let at: Option<i64> = client.query_one(LATEST, &[key]).await?.try_get(0)?;
                Ok(at.map(|at| time(TABLE, at)).transpose()?)
            })
        })
    }
}

async fn last(client: &Object, session: &str, conversation: i64, limit: i64) -> Result<Vec<Utterance>, Failure> {
    let statement = client.prepare_cached(LAST).await?;
    let rows = client.query(&statement, &[&session, &conversation, &limit]).await?;
    rows.iter().rev().map(read).collect()
}

fn read(row: &Row) -> Result<Utterance, Failure> {
    Ok(Utterance {
        role: role_of(row.try_get(0)?)?,
        text: from_json(TABLE, row.try_get(1)?)?,
        at: time(TABLE, row.try_get(2)?)?,
    })
}

async fn append(transaction: &Transaction<'_>, addition: &Addition) -> Result<(), Failure> {
    let Addition { session, conversation, said, keep } = addition;
    // What would be let go at once is not written first.
    let kept = &said[said.len().saturating_sub(*keep)..];
    let add = transaction.prepare_cached(ADD).await?;
    for Utterance { role, text, at } in kept {
        let text = json(TABLE, text)?;
        transaction.execute(&add, &[session, conversation, &nanos(*at), &role_word(*role), &text]).await?;
    }
    let let_go = transaction.prepare_cached(LET_GO).await?;
    transaction.execute(&let_go, &[session, conversation, &count(*keep)]).await?;
    let let_go_earlier = transaction.prepare_cached(LET_GO_EARLIER).await?;
    transaction.execute(&let_go_earlier, &[session, conversation]).await?;
    Ok(())
}
