//! The store for more than one machine: PostgreSQL, or anything that speaks its wire protocol.
//!
//! Each write is one transaction; who comes second waits for the row, or is told of the conflict by its revision. What the
//! database ends because of others (`40001`, `40P01`) is done anew. Reads ask the database each time: what any process was
//! told to be committed is seen by all the others with the next read.
//!
//! A runtime of its own carries the connections, so that callers may come from any runtime, or from none, and a caller that
//! goes away leaves no transaction half-way.

mod address;
mod audit;
mod benches;
mod carried;
mod failure;
mod glance;
mod history;
mod inbox;
mod leases;
mod marks;
mod menus;
mod receipts;
mod schema;
mod sessions;
mod usage;
mod vault;
mod watch;

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime as PoolRuntime, Transaction};
use modelpin_chat::BoxFuture;
use secrecy::SecretString;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::store::StoreFault;
use crate::store::postgres::address::Address;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::watch::Watch;

/// So many connections at most. A database has about a hundred for everybody.
const CONNECTIONS: usize = 16;

/// How long a connection may take to be made, or to come free.
const TO_CONNECT: Duration = Duration::from_secs(5);

/// How long all of a read or a write may take.
const TO_ANSWER: Duration = Duration::from_secs(15);

/// How often a write is tried that the database ends because of others.
const TRIES: u32 = 10;

/// The store for more than one machine.
///
/// Dropping it closes the connections; what nobody has been told to be committed may be, or may not.
pub struct Postgres {
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

/// What the work on the store's own runtime has in hand.
struct Shared {
    pool: Pool,
    shown: PathBuf,
    is_up_to_date: OnceCell<()>,
    watch: Watch,
}

/// What is done within one transaction with what it was given. It may be done again, from the start.
type Step<D, T> = for<'t> fn(&'t Transaction<'t>, &'t D) -> BoxFuture<'t, Result<T, Failure>>;

/// What is asked of one connection.
type Query<D, T> = for<'t> fn(&'t Object, &'t D) -> BoxFuture<'t, Result<T, Failure>>;

impl Postgres {
    /// The store at `url` (`postgres://user:password@host/database`). Nobody is asked yet: the tables are made, or brought
    /// up to date, before the first answer, and while the database cannot be reached each answer is a
    /// [`StoreFault::Away`].
    ///
    /// A database elsewhere is spoken to over TLS only, unless `url` says `sslmode=disable`.
    ///
    /// # Errors
    ///
    /// [`StoreFault::Broken`] when `url` is no such address, or `ca` (certificates as PEM, of those who may vouch for the
    /// database) cannot be read.
    pub fn open(url: &SecretString, ca: Option<&Path>) -> Result<Self, StoreFault> {
        let Address { config, tls, shown } = Address::read(url, ca)?;
        let broken = |why: String| StoreFault::Broken { path: shown.clone(), why };
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("modelpin-postgres")
            .enable_all()
            .build()
            .map_err(|error| broken(error.to_string()))?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match tls {
            Some(tls) => Manager::from_config(config, tls, recycling),
            None => Manager::from_config(config, tokio_postgres::NoTls, recycling),
        };
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .wait_timeout(Some(TO_CONNECT))
            .create_timeout(Some(TO_CONNECT))
            .recycle_timeout(Some(TO_CONNECT))
            .runtime(PoolRuntime::Tokio1)
            .build()
            .map_err(|error| broken(error.to_string()))?;
        let shared = Shared { pool, shown, is_up_to_date: OnceCell::new(), watch: Watch::default() };
        Ok(Self { shared: Arc::new(shared), runtime: Some(runtime) })
    }

    /// Where it is, without user and password.
    pub fn shown(&self) -> &Path {
        &self.shared.shown
    }

    /// Asks something of the database, once.
    fn read<D, T>(&self, data: D, query: Query<D, T>) -> BoxFuture<'static, Result<T, StoreFault>>
    where
        D: Send + Sync + 'static,
        T: Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        self.apart(async move {
            let client = shared.client().await?;
            query(&client, &data).await
        })
    }

    /// Does all of `step` or nothing of it; durable when it returns.
    fn write<D, T>(&self, data: D, step: Step<D, T>) -> BoxFuture<'static, Result<T, StoreFault>>
    where
        D: Send + Sync + 'static,
        T: Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        self.apart(async move {
            let mut tries = 1;
            loop {
                match shared.attempt(&data, step).await {
                    Err(failure) if failure.is_because_of_others() && tries < TRIES => tries += 1,
                    done => return done,
                }
            }
        })
    }

    /// Does the work on the runtime of the store.
    fn apart<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StoreFault>> {
        let shown = self.shared.shown.clone();
        let task = self.handle().map(|runtime| runtime.spawn(async move { timeout(TO_ANSWER, work).await }));
        Box::pin(async move {
            let done = match task {
                Some(task) => task.await,
                None => return Err(Failure::Ended.of(&shown)),
            };
            match done {
                Ok(Ok(done)) => done,
                Ok(Err(_)) => Err(Failure::Silent(TO_ANSWER)),
                Err(error) if error.is_panic() => Err(Failure::Panicked),
                Err(_) => Err(Failure::Ended),
            }
            .map_err(|failure| failure.of(&shown))
        })
    }

    /// Waits for `work`, whatever the caller runs on.
    fn wait<T: Send + 'static>(&self, work: BoxFuture<'static, Result<T, StoreFault>>) -> Result<T, StoreFault> {
        let (tell, told) = mpsc::channel();
        let away = |why: &str| StoreFault::Away { path: self.shown().to_path_buf(), why: why.to_owned() };
        let runtime = self.handle().ok_or_else(|| away("it is being closed"))?;
        runtime.spawn(async move { tell.send(work.await) });
        told.recv().unwrap_or_else(|_| Err(away("it ended before it had answered")))
    }

    fn handle(&self) -> Option<&Handle> {
        self.runtime.as_ref().map(Runtime::handle)
    }
}

impl Shared {
    /// A connection to a database that is up to date.
    async fn client(&self) -> Result<Object, Failure> {
        let mut client = self.pool.get().await?;
        self.is_up_to_date.get_or_try_init(|| schema::migrate(&mut client, &self.shown)).await?;
        Ok(client)
    }

    async fn attempt<D, T>(&self, data: &D, step: Step<D, T>) -> Result<T, Failure> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let done = step(&transaction, data).await?;
        transaction.commit().await?;
        Ok(done)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // The last one may be let go by a task, where nothing may be waited for.
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("shown", &self.shared.shown).finish_non_exhaustive()
    }
}

/// A limit as SQL has it.
fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// The first text after all that begin with `prefix`, as bytes compare.
fn end_of(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}
