//! Each chat by itself: what comes in it is begun in order of arrival, and goes on side by side.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use modelpin_chat::BoxFuture;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How much may be under way at once in all chats together. Beyond that, the platform keeps what comes, or waits.
const ROOM: usize = 4_096;

/// A piece of work, and the room that it takes.
type Job = (BoxFuture<'static, ()>, OwnedSemaphorePermit);

/// The chats in which something is under way. One task each; it ends when nothing is.
///
/// Dropping it ends everything at once.
pub struct Chats {
    queues: Arc<Queues>,
    tasks: Mutex<JoinSet<()>>,
    room: Arc<Semaphore>,
}

#[derive(Default)]
struct Queues(Mutex<HashMap<i64, UnboundedSender<Job>>>);

impl Chats {
    /// Where nothing is under way yet.
    pub fn new() -> Self {
        Self { queues: Arc::default(), tasks: Mutex::default(), room: Arc::new(Semaphore::new(ROOM)) }
    }

    /// Begins `work` in `chat`, after everything that came there before has been begun. Waits while there is too much
    /// under way.
    ///
    /// A piece of work is begun when it is first polled; none waits for another one's end.
    pub async fn enter(&self, chat: i64, work: BoxFuture<'static, ()>) {
        // It is never closed, so there is always a permit some day.
        let Ok(permit) = Arc::clone(&self.room).acquire_owned().await else { return };
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        let mut queues = self.queues.locked();
        let job = match queues.get(&chat) {
            Some(queue) => match queue.send((work, permit)) {
                Ok(()) => return,
                Err(unsent) => unsent.0,
            },
            None => (work, permit),
        };
        let (queue, jobs) = unbounded_channel();
        if queue.send(job).is_ok() {
            queues.insert(chat, queue);
            tasks.spawn(work_off(chat, jobs, Arc::clone(&self.queues)));
        }
    }

    /// Lets what is under way go on for `patience`, then ends it. Returns how many chats were not done.
    pub async fn close(&self, patience: Duration) -> usize {
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        self.queues.locked().clear();
        let all = async { while tasks.join_next().await.is_some() {} };
        if timeout(patience, all).await.is_ok() {
            return 0;
        }
        let unfinished = tasks.len();
        tasks.shutdown().await;
        unfinished
    }
}

impl Default for Chats {
    fn default() -> Self {
        Self::new()
    }
}

impl Queues {
    fn locked(&self) -> MutexGuard<'_, HashMap<i64, UnboundedSender<Job>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn work_off(chat: i64, mut jobs: UnboundedReceiver<Job>, queues: Arc<Queues>) {
    // New ones are polled in the order in which they were put in.
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            job = jobs.recv() => {
                let Some((work, permit)) = job else {
                    // The end was asked for: what is under way is all there is.
                    while under_way.next().await.is_some() {}
                    return;
                };
                under_way.push(async move {
                    work.await;
                    drop(permit);
                });
            },
            Some(()) = under_way.next(), if !under_way.is_empty() => {}
        }
        if under_way.is_empty() {
            let mut queues = queues.locked();
            // Under the lock nothing can come in between the look and the end.
            if jobs.is_empty() && !jobs.is_closed() {
                queues.remove(&chat);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
