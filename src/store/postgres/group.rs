//! Group commit: the changes of sessions that one process has in hand at the same time, in one transaction.
//!
//! Each adds a row to the audit, which is one chain, and whoever adds a row has the end of the chain until that is
//! committed. One by one, each would wait for the disk of the database by itself, behind all the others.
//!
//! A group is all or nothing, and waits for nobody's rows for long. Where anything goes wrong with one of them, each is
//! done by itself, as if there were no others: only that one fails.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::Object;
use futures_util::future::{try_join_all, try_join3};
use futures_util::stream::{self, StreamExt as _};
use tokio::runtime::Handle;
use tokio::sync::oneshot::{self, Receiver, Sender};
use tokio::time::timeout;

use crate::audit::{Demand, Link};
use crate::session::Session;
use crate::store::postgres::Shared;
use crate::store::postgres::audit::{self, append_demanded};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::sessions::{self, Committed, Writing};
use crate::store::{Audited, StoreFault};

/// So many in one transaction at most.
const AT_ONCE: usize = 64;

/// So many of a group that was taken apart are under way at a time, so that there are connections for others.
const ALONE: usize = 8;

/// How long a group waits for the row of a session that somebody else is changing: a part of the time that there is, so
/// that enough is left for those who do not wait.
const WAITS: (Duration, u32) = (Duration::from_secs(1), 8);

/// What one of them is told.
pub(crate) type Told = Result<Committed<Audited<Arc<Session>>>, StoreFault>;

/// A change that is to be made.
struct Job {
    session: Session,
    demand: Demand,
    tell: Sender<Told>,
}

/// Those that wait for the next transaction.
#[derive(Default)]
pub(crate) struct Group(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    jobs: Vec<Job>,
    is_at_work: bool,
}

impl Group {
    /// Adds a change. Whoever adds one while nobody is at work has to see to it that somebody is.
    fn add(&self, job: Job) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.jobs.push(job);
        !std::mem::replace(&mut waiting.is_at_work, true)
    }

    /// The next ones; after `None` nobody is at work.
    fn next(&self) -> Option<Vec<Job>> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.jobs.len().min(AT_ONCE);
        waiting.is_at_work = count > 0;
        (count > 0).then(|| waiting.jobs.drain(..count).collect())
    }
}

impl Shared {
    /// Makes a change with the next group, on the runtime of the store.
    pub(crate) fn with_others(self: &Arc<Self>, session: Session, demand: Demand, runtime: &Handle) -> Receiver<Told> {
        let (tell, told) = oneshot::channel();
        if self.group.add(Job { session, demand, tell }) {
            let shared = Arc::clone(self);
            runtime.spawn(async move {
                while let Some(jobs) = shared.group.next() {
                    // Apart: whatever ends this group must not stop those behind it.
                    let group = tokio::spawn(Arc::clone(&shared).deal_with(jobs)).await;
                    if let Err(fault) = group {
                        tracing::error!(%fault, "a group of changes was broken off");
                    }
                }
            });
        }
        told
    }

    async fn deal_with(self: Arc<Self>, mut jobs: Vec<Job>) {
        // Everybody takes the rows in the same order, and the end of the chain last: nobody waits for each other.
        jobs.sort_by(|one, other| one.session.key.cmp(&other.session.key));
        let answer = self.patience.answer;
        let done = timeout(answer, self.together(&jobs)).await.unwrap_or(Err(Failure::Silent(answer)));
        let done = match done.map_err(|failure| failure.of(&self.shown)) {
            Ok(done) => done.into_iter().map(Ok).collect(),
            Err(away @ StoreFault::Away { .. }) => vec![Err(away); jobs.len()],
            Err(_) => {
                // Not waited for: one of them may have to wait for somebody, and the next group need not.
                tokio::spawn(async move {
                    stream::iter(jobs).for_each_concurrent(ALONE, |job| self.by_itself(job)).await;
                });
                return;
            }
        };
        for (Job { tell, .. }, done) in jobs.into_iter().zip(done) {
            // Who has gone away is told nothing.
            let _ = tell.send(done);
        }
    }

    async fn together(&self, jobs: &[Job]) -> Result<Vec<Committed<Audited<Arc<Session>>>>, Failure> {
        let client = self.client().await?;
        let wait = (self.patience.answer / WAITS.1).min(WAITS.0);
        match in_one(&client, jobs, wait).await {
            Ok(done) => {
                client.back();
                Ok(done)
            }
            Err(failure) => {
                // With whatever is open on it.
                client.end();
                Err(failure)
            }
        }
    }

    async fn by_itself(&self, Job { session, demand, tell }: Job) {
        let data = (session, demand, self.shown.clone());
        let done = self.write(&data, |transaction, (session, demand, shown)| {
            Box::pin(async move {
                Ok(match sessions::commit(transaction, session).await? {
                    Ok(value) => Ok(Audited { value, unaudited: append_demanded(transaction, demand, shown).await? }),
                    Err(conflict) => Err(conflict),
                })
            })
        });
        let answer = self.patience.answer;
        let done = timeout(answer, done).await.unwrap_or(Err(Failure::Silent(answer)));
        let _ = tell.send(done.map_err(|failure| failure.of(&self.shown)));
    }
}

/// What is not waited for is sent at once, so that this takes two ways to the database and back, however many there are.
async fn in_one(
    client: &Object,
    jobs: &[Job],
    wait: Duration,
) -> Result<Vec<Committed<Audited<Arc<Session>>>>, Failure> {
    let mut writings = Vec::with_capacity(jobs.len());
    for job in jobs {
        writings.push(Writing::of(client, &job.session).await?);
    }
    let take_end = audit::Taking::prepare(client).await?;
    let begin = format!("BEGIN; SET LOCAL lock_timeout = {}", wait.as_millis());
    let written = try_join_all(writings.iter().map(|writing| writing.write(client)));
    let opened = async { Ok(client.batch_execute(&begin).await?) };
    let ((), written, end) = try_join3(opened, written, take_end.take(client)).await?;
    // Placed anew, or looked for, where there is time for it.
    let mut end =
        end.ok_or_else(|| Failure::Known(StoreFault::Unaudited { why: "its end is not there".to_owned() }))?;

    let (mut links, mut done) = (Vec::new(), Vec::with_capacity(jobs.len()));
    for ((job, writing), is_written) in jobs.iter().zip(writings).zip(written) {
        done.push(if is_written {
            let link: Link = audit::after(&end, &job.demand.entry)?;
            end = link.head();
            links.push((link, job.demand.entry.at));
            Ok(Audited::whole(writing.row()))
        } else {
            Err(sessions::load(client, writing.key()).await?)
        });
    }
    let added = take_end.add(client, &links);
    let committed = async { Ok(client.batch_execute("COMMIT").await?) };
    // Where a row could not be added, the database takes the commit for a rollback, and this is an error.
    try_join3(added, take_end.keep(client, &end), committed).await?;
    Ok(done)
}
