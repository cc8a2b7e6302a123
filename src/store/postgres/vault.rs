//! The table of the auth stores.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use deadpool_postgres::{GenericClient, Transaction};

use crate::profile::{Kept, Seen, StoreFileFault, Vault};
use crate::store::StoreFault;
use crate::store::postgres::Postgres;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::watch::place;

const LOAD: &str = "SELECT revision, body FROM modelpin.profiles WHERE name = $1";
const REVISIONS: &str = "SELECT name, revision FROM modelpin.profiles WHERE name = ANY($1)";
const ADD: &str = "INSERT INTO modelpin.profiles (name, revision, body)
    VALUES ($1, (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT, $2)
    ON CONFLICT (name) DO NOTHING RETURNING revision";
const CHANGE: &str = "UPDATE modelpin.profiles SET revision = revision + 1, body = $3
    WHERE name = $1 AND revision = $2 RETURNING revision";
/// Changes nothing, and cannot be done where nothing could be changed.
const TOUCH: &str = "UPDATE modelpin.profiles SET revision = revision WHERE name = $1";

/// A change of one store.
struct Put {
    name: String,
    before: Option<i64>,
    text: Arc<str>,
}

impl Vault for Postgres {
    fn place(&self, name: &str) -> PathBuf {
        place(self.shown(), name)
    }

    fn load(&self, name: &str) -> Result<Option<Kept>, StoreFileFault> {
        let shared = &self.shared;
        let turn = shared.watch.turn();
        let loaded = self.wait(self.read(name.to_owned(), |client, name| Box::pin(load(client, name))));
        let loaded = loaded.map_err(|fault| told(fault, self.place(name)));
        shared.watch.note(name, turn, &loaded);
        // Only where credentials are kept here is it worth a question now and then.
        if let Some(runtime) = self.handle().filter(|_| shared.is_unwatched()) {
            runtime.spawn(Arc::clone(shared).look_on());
        }
        loaded
    }

    fn put(&self, name: &str, before: Option<i64>, text: &str) -> Result<bool, StoreFileFault> {
        let text: Arc<str> = Arc::from(text);
        let change = Put { name: name.to_owned(), before, text: Arc::clone(&text) };
        let done = self.wait(self.write(change, |transaction, change| Box::pin(put(transaction, change))));
        let revision = done.map_err(|fault| told(fault, self.place(name)))?;
        if let Some(revision) = revision {
            self.shared.watch.note_put(name, Kept { revision, text });
        }
        Ok(revision.is_some())
    }

    fn may_put(&self, name: &str) -> Result<(), StoreFileFault> {
        let touched = self.wait(self.write(name.to_owned(), |transaction, name| {
            Box::pin(async move {
                transaction.execute(TOUCH, &[name]).await?;
                Ok(())
            })
        }));
        touched.map_err(|fault| told(fault, self.place(name)))
    }

    fn seen(&self, name: &str) -> Option<Seen> {
        self.shared.watch.seen(name)
    }
}

/// What is kept under `name`.
pub(super) async fn load(client: &impl GenericClient, name: &str) -> Result<Option<Kept>, Failure> {
    let statement = client.prepare_cached(LOAD).await?;
    let row = client.query_opt(&statement, &[&name]).await?;
    row.map(|row| Ok(Kept { revision: row.try_get(0)?, text: Arc::from(row.try_get::<_, &str>(1)?) })).transpose()
}

/// The versions of those of `names` that are there.
pub(super) async fn revisions(client: &impl GenericClient, names: &[&str]) -> Result<HashMap<String, i64>, Failure> {
    let statement = client.prepare_cached(REVISIONS).await?;
    let rows = client.query(&statement, &[&names]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// The version that was made; `None` where something else is there.
async fn put(transaction: &Transaction<'_>, change: &Put) -> Result<Option<i64>, Failure> {
    let Put { name, before, text } = change;
    let text: &str = text;
    let row = match before {
        None => transaction.query_opt(ADD, &[name, &text]).await?,
        Some(before) => transaction.query_opt(CHANGE, &[name, before, &text]).await?,
    };
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// What a fault of the database means to whoever wants the auth store that is called `path`.
pub(super) fn told(fault: StoreFault, path: PathBuf) -> StoreFileFault {
    match fault {
        StoreFault::Away { why, .. } => StoreFileFault::Away { path, why },
        StoreFault::ReadOnly { why, .. } => StoreFileFault::ReadOnly { path, why },
        StoreFault::Full { .. } => StoreFileFault::Full { path },
        fault @ (StoreFault::TooNew { .. } | StoreFault::Unaudited { .. }) => {
            StoreFileFault::Unreadable { path, why: fault.to_string() }
        }
        StoreFault::Broken { why, .. } => StoreFileFault::Io { path, step: "asking the database", why },
    }
}
