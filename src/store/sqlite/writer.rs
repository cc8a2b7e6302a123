//! The one thread that writes: everything that waits goes into one transaction and costs one sync.
//!
//! While a group is being synced the next one gathers, so the number of commits per second grows with the number of
//! askers. Those who were just answered often ask again at once: the next group waits a moment for them (a fraction of a
//! sync, and only while there are several), else groups of one and of all the others would take turns, and each commit
//! two syncs. A lone asker waits for nobody. Each item runs in a savepoint: one that fails is undone alone. Nobody is
//! answered before COMMIT has returned; if that fails, everybody in the group gets the fault.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::meter;
use crate::store::StoreFault;
use crate::store::sqlite::cache::Cache;
use crate::store::sqlite::connection::{self, CHECKPOINT_FRAMES};
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::group;
use crate::store::sqlite::job::{Job, Task, Written};
use crate::store::sqlite::readers::Linked;
use crate::store::sqlite::wal_index::WalIndex;

/// The way to the writer thread, which starts with the first write.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    path: PathBuf,
    index: Option<Arc<WalIndex>>,
    cache: Arc<Cache>,
    queue: Mutex<Queue>,
    arrived: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: Vec<Box<dyn Job>>,
    /// How many jobs are worth waking the writer for.
    wanted: usize,
    closed: bool,
}

/// What the group before says about the next one.
#[derive(Clone, Copy, Default)]
struct Pace {
    /// How many may ask again: those answered, and those who waited meanwhile.
    askers: usize,
    /// How long the group took.
    took: Duration,
}

/// Who has written so many groups goes on writing, and room is made for the log. A command of an operator is over before.
const LASTING: u32 = 4;

/// The longest a group waits for more to come.
const PATIENCE: Duration = Duration::from_millis(1);

impl Writer {
    pub(crate) fn new(path: &Path, index: Option<Arc<WalIndex>>, cache: Arc<Cache>) -> Self {
        let shared =
            Shared { path: path.to_path_buf(), index, cache, queue: Mutex::default(), arrived: Condvar::new() };
        Self { shared: Arc::new(shared), thread: Mutex::default() }
    }

    /// Does `work` in the next group, and returns its value once that is durable.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T, StoreFault>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Written<T> + Send + 'static,
    {
        let (task, answer) = Task::new(work);
        self.start()?;
        let enough = {
            let mut queue = self.shared.queue();
            queue.jobs.push(Box::new(task));
            queue.jobs.len() >= queue.wanted
        };
        if enough {
            self.shared.arrived.notify_one();
        }
        answer.await.unwrap_or_else(|_| Err(self.shared.broken("its writer ended unexpectedly")))
    }

    fn start(&self) -> Result<(), StoreFault> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.is_none() {
            let shared = Arc::clone(&self.shared);
            let started = thread::Builder::new().name("modelpin-writer".to_owned()).spawn(move || shared.serve());
            *thread = Some(started.map_err(|error| self.shared.broken(&format!("its writer did not start: {error}")))?);
        }
        Ok(())
    }

    /// Writes what waits, and ends the thread.
    pub(crate) fn finish(&self) {
        self.shared.queue().closed = true;
        self.shared.arrived.notify_one();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!(path = %self.shared.path.display(), "the writer of the state ended in a panic");
        }
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn broken(&self, why: &str) -> StoreFault {
        StoreFault::Broken { path: self.path.clone(), why: why.to_owned() }
    }

    fn serve(&self) {
        let mut db = None;
        let mut pace = Pace::default();
        let mut groups = 0_u32;
        while let Some(jobs) = self.next_group(pace) {
            let (begun, answered) = (Instant::now(), jobs.len());
            match self.connection(&mut db) {
                Ok(linked) => {
                    let header = group::write(&linked.db, &self.path, &self.cache, jobs);
                    meter::store_write(begun.elapsed());
                    pace = Pace { askers: answered + self.queue().jobs.len(), took: begun.elapsed() };
                    groups = groups.saturating_add(1);
                    if groups == LASTING {
                        connection::make_room(&linked.db, &self.path);
                    }
                    if header.is_some_and(|header| header.frames() >= CHECKPOINT_FRAMES) {
                        checkpoint(&linked.db);
                    }
                }
                Err(failure) => {
                    let fault = failure.of(&self.path);
                    for job in jobs {
                        job.answer(Err(fault.clone()));
                    }
                }
            }
        }
    }

    /// Everything that waits; `None` when nothing more will come.
    fn next_group(&self, pace: Pace) -> Option<Vec<Box<dyn Job>>> {
        let mut queue = self.queue();
        if pace.askers > 1 {
            queue.wanted = pace.askers;
            let patience = (pace.took / 4).min(PATIENCE);
            let more = |queue: &mut Queue| queue.jobs.len() < queue.wanted && !queue.closed;
            let waited = self.arrived.wait_timeout_while(queue, patience, more);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        queue.wanted = 1;
        let idle = |queue: &mut Queue| queue.jobs.is_empty() && !queue.closed;
        queue = self.arrived.wait_while(queue, idle).unwrap_or_else(PoisonError::into_inner);
        let jobs = std::mem::take(&mut queue.jobs);
        (!jobs.is_empty()).then_some(jobs)
    }

    /// The connection, opened when it is first needed, and tried again for each group until that works.
    fn connection<'a>(&self, db: &'a mut Option<Linked>) -> Result<&'a Linked, Failure> {
        if let Some(linked) = db {
            return Ok(linked);
        }
        let (opened, frozen) = connection::open(&self.path)?;
        if frozen || opened.is_readonly(rusqlite::MAIN_DB)? {
            let why = "the file or its directory is read-only, or the disk was full when it was opened".to_owned();
            return Err(StoreFault::ReadOnly { path: self.path.clone(), why }.into());
        }
        connection::make_writer(&opened, self.index.is_none())?;
        Ok(db.insert(Linked::new(opened, self.index.clone())))
    }
}

/// Carries the log over into the database, so that the log can begin anew. Done between groups, when everybody has been
/// answered.
fn checkpoint(db: &Connection) {
    let done = db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = done {
        // The log grows until one succeeds; nothing is lost by that.
        tracing::warn!(%error, "the log of the state could not be carried over");
    }
}
