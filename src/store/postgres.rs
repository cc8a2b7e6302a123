//! The store for more than one machine: PostgreSQL, or anything that speaks its wire protocol.
//!
//! Each write is one transaction, or one of a group that share it ([`group`]); who comes second waits for the row, or is told of the conflict by its revision. What the
//! database ends because of others (`40001`, `40P01`) is done anew. Reads ask the database each time, a session by the
//! revision that is known here ([`known`]): what any process was told to be committed is seen by all the others with the
//! next read.
//!
//! A runtime of its own carries the connections, so that callers may come from any runtime, or from none, and a caller that
//! goes away leaves no transaction half-way.

mod address;
mod audit;
mod benches;
#[cfg(feature = "cli")]
mod carried;
#[cfg(feature = "cli")]
mod collected;
#[cfg(feature = "cli")]
mod examined;
mod failure;
mod glance;
mod group;
mod history;
mod inbox;
mod known;
mod leases;
mod lent;
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
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::StoreFault;
use crate::store::postgres::address::Address;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::group::Group;
use crate::store::postgres::known::Known;
use crate::store::postgres::lent::Lent;
use crate::store::postgres::watch::Watch;

/// So many connections at most. A database has about a hundred for everybody.
const CONNECTIONS: usize = 16;

/// How long a connection may take to be made, or to come free.
const TO_CONNECT: Duration = Duration::from_secs(5);

/// How long all of a read or a write may take.
const TO_ANSWER: Duration = Duration::from_secs(15);

/// How often a write is tried that the database ends because of others.
const TRIES: u32 = 10;

/// How long may be waited for the database.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a connection to be made, or to come free.
    pub connect: Duration,
    /// For all of a read or a write.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: TO_CONNECT, answer: TO_ANSWER }
    }
}

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
    tls: Option<MakeRustlsConnect>,
    patience: Patience,
    is_up_to_date: OnceCell<()>,
    known: Known,
    group: Group,
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
        Self::open_patient(url, ca, Patience::default())
    }

    /// [`Postgres::open`] with another patience.
    ///
    /// # Errors
    ///
    /// As [`Postgres::open`].
    pub fn open_patient(url: &SecretString, ca: Option<&Path>, patience: Patience) -> Result<Self, StoreFault> {
        let Address { config, tls, shown } = Address::read(url, ca, patience.connect)?;
        let broken = |why: String| StoreFault::Broken { path: shown.clone(), why };
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("modelpin-postgres")
            .enable_all()
            .build()
            .map_err(|error| broken(error.to_string()))?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match tls.clone() {
            Some(tls) => Manager::from_config(config, tls, recycling),
            None => Manager::from_config(config, tokio_postgres::NoTls, recycling),
        };
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .wait_timeout(Some(patience.connect))
            .create_timeout(Some(patience.connect))
            .recycle_timeout(Some(patience.connect))
            .runtime(PoolRuntime::Tokio1)
            .build()
            .map_err(|error| broken(error.to_string()))?;
        let shared = Shared {
            pool,
            shown,
            tls,
            patience,
            is_up_to_date: OnceCell::new(),
            known: Known::default(),
            group: Group::default(),
            watch: Watch::default(),
        };
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
            let answer = query(&client, &data).await;
            Shared::back(client, answer)
        })
    }

    /// Asks something of a database that is left as it is: it is not brought up to date.
    fn look<D, T>(&self, data: D, query: Query<D, T>) -> BoxFuture<'static, Result<T, StoreFault>>
    where
        D: Send + Sync + 'static,
        T: Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        self.apart(async move {
            let client = shared.lent().await?;
            let answer = query(&client, &data).await;
            Shared::back(client, answer)
        })
    }

    /// Does all of `step` or nothing of it; durable when it returns.
    fn write<D, T>(&self, data: D, step: Step<D, T>) -> BoxFuture<'static, Result<T, StoreFault>>
    where
        D: Send + Sync + 'static,
        T: Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        self.apart(async move { shared.write(&data, step).await })
    }

    /// Does the work on the runtime of the store.
    fn apart<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StoreFault>> {
        let (shown, answer) = (self.shared.shown.clone(), self.shared.patience.answer);
        let task = self.handle().map(|runtime| runtime.spawn(async move { timeout(answer, work).await }));
        Box::pin(async move {
            let done = match task {
                Some(task) => task.await,
                None => return Err(Failure::Ended.of(&shown)),
            };
            match done {
                Ok(Ok(done)) => done,
                Ok(Err(_)) => Err(Failure::Silent(answer)),
                Err(error) if error.is_panic() => Err(Failure::Panicked),
                Err(_) => Err(Failure::Ended),
            }
            .map_err(|failure| failure.of(&shown))
        })
    }

    /// Waits for `work`, whatever the caller runs on.
    fn wait<T: Send + 'static>(&self, work: BoxFuture<'static, Result<T, StoreFault>>) -> Result<T, StoreFault> {
        let (tell, told) = mpsc::channel();
        let ended = || Failure::Ended.of(self.shown());
        self.handle().ok_or_else(ended)?.spawn(async move { tell.send(work.await) });
        told.recv().unwrap_or_else(|_| Err(ended()))
    }

    fn handle(&self) -> Option<&Handle> {
        self.runtime.as_ref().map(Runtime::handle)
    }
}

impl Shared {
    /// A connection, to whatever is there.
    async fn lent(&self) -> Result<Lent, Failure> {
        Ok(Lent::new(self.pool.get().await?, self.tls.clone()))
    }

    /// A connection to a database that is up to date.
    async fn client(&self) -> Result<Lent, Failure> {
        let mut client = self.lent().await?;
        match self.is_up_to_date.get_or_try_init(|| schema::migrate(&mut client, &self.shown)).await {
            Ok(()) => Ok(client),
            Err(failure) => Self::back(client, Err(failure)),
        }
    }

    /// Does all of `step` or nothing of it, anew where the database ends it because of others.
    async fn write<D, T>(&self, data: &D, step: Step<D, T>) -> Result<T, Failure> {
        let mut tries = 1;
        loop {
            match self.attempt(data, step).await {
                Err(failure) if failure.is_because_of_others() && tries < TRIES => tries += 1,
                done => return done,
            }
        }
    }

    async fn attempt<D, T>(&self, data: &D, step: Step<D, T>) -> Result<T, Failure> {
        let mut client = self.client().await?;
        let done = Self::in_one(&mut client, data, step).await;
        Self::back(client, done)
    }

    async fn in_one<D, T>(client: &mut Lent, data: &D, step: Step<D, T>) -> Result<T, Failure> {
        let transaction = client.transaction().await?;
        let done = step(&transaction, data).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// Gives the connection back with what was answered.
    fn back<T>(client: Lent, answer: Result<T, Failure>) -> Result<T, Failure> {
        match &answer {
            // Another server may be the one to write to by now.
            Err(failure) if failure.is_read_only() => client.end(),
            _ => client.back(),
        }
        answer
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
