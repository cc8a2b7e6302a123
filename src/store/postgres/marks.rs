//! The table of the marks.

use std::path::PathBuf;

use deadpool_postgres::{GenericClient, Transaction};
use modelpin_chat::BoxFuture;

use crate::audit::Demand;
use crate::store::postgres::audit::append_demanded;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::{Postgres, end_of};
use crate::store::{Audited, MarkTable, StoreFault};

const ALL: &str = "SELECT name, value FROM modelpin.marks WHERE name >= $1 AND name < $2 ORDER BY name";
const IS_THERE: &str = "SELECT 1 FROM modelpin.marks WHERE name = $1 AND value = $2 FOR UPDATE";
const IS_MISSING: &str = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM modelpin.marks WHERE name = $1)";
const PUT: &str = "INSERT INTO modelpin.marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const CHANGE: &str = "UPDATE modelpin.marks SET value = $3 WHERE name = $1 AND value = $2";
const REMOVE: &str = "DELETE FROM modelpin.marks WHERE name = $1 AND value = $2";

/// A change of one mark.
struct Swap {
    name: String,
    expected: Option<String>,
    new: Option<String>,
    demand: Option<Demand>,
    shown: PathBuf,
}

impl MarkTable for Postgres {
    fn marks<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<(String, String)>, StoreFault>> {
        self.read(prefix.to_owned(), |client, prefix| Box::pin(all(client, prefix)))
    }

    fn swap_mark<'a>(
        &'a self,
        name: &'a str,
        expected: Option<&'a str>,
        new: Option<&'a str>,
        demand: Option<Demand>,
    ) -> BoxFuture<'a, Result<Audited<bool>, StoreFault>> {
        let (expected, new) = (expected.map(str::to_owned), new.map(str::to_owned));
        let swap = Swap { name: name.to_owned(), expected, new, demand, shown: self.shown().to_path_buf() };
        self.write(swap, |transaction, swap| Box::pin(apply(transaction, swap)))
    }
}

pub(crate) async fn all(client: &impl GenericClient, prefix: &str) -> Result<Vec<(String, String)>, Failure> {
    let statement = client.prepare_cached(ALL).await?;
    let rows = client.query(&statement, &[&prefix, &end_of(prefix)]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

async fn apply(transaction: &Transaction<'_>, swap: &Swap) -> Result<Audited<bool>, Failure> {
    let Swap { name, expected, new, demand, shown } = swap;
    let was_expected = match (expected, new) {
        (None, None) => transaction.query_opt(IS_MISSING, &[name]).await?.is_some(),
        (None, Some(new)) => transaction.execute(PUT, &[name, new]).await? > 0,
        (Some(old), None) => transaction.execute(REMOVE, &[name, old]).await? > 0,
        (Some(old), Some(new)) if old == new => transaction.query_opt(IS_THERE, &[name, old]).await?.is_some(),
        (Some(old), Some(new)) => transaction.execute(CHANGE, &[name, old, new]).await? > 0,
    };
    if !was_expected {
        return Ok(Audited::whole(false));
    }
    let unaudited = match demand {
        Some(demand) => append_demanded(transaction, demand, shown).await?,
        None => None,
    };
    Ok(Audited { value: true, unaudited })
}
