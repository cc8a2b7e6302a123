//! From what a platform hands out to the work that it makes, so that nothing is lost on the way.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use modelpin_chat::BoxFuture;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::{Chats, Inbox, InboxFault, Kept, Received};

/// How long everything else waits for an arrival that must not be written down. When it takes longer, it goes on all the
/// same, but a crash would lose it: one chat in which nothing can be said must not silence the others.
const UNWRITTEN: Duration = Duration::from_secs(30);

/// How many numbers of arrivals that were not written down are remembered.
const NUMBERS: usize = 256;

/// What was handed out: how it is kept, and what is to be done about it.
pub struct Arrival {
    /// The platform's number of it.
    pub id: u64,
    /// The chat that it came in.
    pub chat: i64,
    /// The text that a person wrote in it, if any.
    pub text: Option<String>,
    /// The whole of it, from which the same work can be made after a restart.
    pub update: String,
    /// What is to be done. Nothing of it has begun.
    pub work: BoxFuture<'static, ()>,
}

/// The way of arrivals to their work.
pub struct Arrivals {
    account: String,
    inbox: Arc<dyn Inbox>,
    chats: Arc<Chats>,
    /// The numbers of those that were handed over without being kept: the platform may bring them again.
    unwritten: Mutex<VecDeque<u64>>,
}

impl Arrivals {
    /// For the account of that name: what comes is kept in `inbox` and worked off in `chats`.
    pub fn new(account: String, inbox: Arc<dyn Inbox>, chats: Arc<Chats>) -> Self {
        Self { account, inbox, chats, unwritten: Mutex::default() }
    }

    /// Hands over what a former run had kept and was not done with, in order.
    pub async fn resume(&self, pending: Vec<Arrival>) {
        for Arrival { id, chat, text: _, update: _, work } in pending {
            self.hand_over(id, chat, work, true, None).await;
        }
    }

    /// Keeps arrivals and hands them over, in order. When it returns, the platform may forget them.
    ///
    /// # Errors
    /// When they cannot be kept: none has been handed over.
    pub async fn take(&self, arrivals: Vec<Arrival>) -> Result<(), InboxFault> {
        let mut received = Vec::with_capacity(arrivals.len());
        let mut todo = Vec::with_capacity(arrivals.len());
        for Arrival { id, chat, text, update, work } in arrivals {
            if !self.is_unwritten(id) {
                received.push(Received { id, text, update });
                todo.push((id, chat, work));
            }
        }
        if todo.is_empty() {
            return Ok(());
        }
        let kept = self.inbox.keep(received).await?;
        if kept.len() != todo.len() {
            return Err(InboxFault(format!("{} updates were to be kept, and {} were", todo.len(), kept.len())));
        }
        let mut unwritten = Vec::new();
        for ((id, chat, work), kept) in todo.into_iter().zip(kept) {
            match kept {
                Kept::New => self.hand_over(id, chat, work, true, None).await,
                Kept::Already => tracing::debug!(account = self.account, update = id, "an update came once more"),
                Kept::Refused => {
                    let (done, dealt_with) = oneshot::channel();
                    self.note_unwritten(id);
                    self.hand_over(id, chat, work, false, Some(done)).await;
                    unwritten.push(dealt_with);
                }
            }
        }
        if timeout(UNWRITTEN, join_all(unwritten)).await.is_err() {
            let account = &self.account;
            tracing::warn!(
                account,
                "an update that must not be written down is still under way; a crash would lose it"
            );
        }
        Ok(())
    }

    /// Lets go of something that was kept and means nothing any more.
    pub async fn let_go(&self, id: u64) {
        self.inbox.done(id).await;
    }

    async fn hand_over(
        &self,
        id: u64,
        chat: i64,
        work: BoxFuture<'static, ()>,
        is_kept: bool,
        done: Option<oneshot::Sender<()>>,
    ) {
        let (account, inbox) = (self.account.clone(), Arc::clone(&self.inbox));
        let work = async move {
            if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                // It would do so again after each restart.
                tracing::error!(account, chat, update = id, "the handling panicked; it is not repeated");
            }
            if is_kept {
                inbox.done(id).await;
            }
            if let Some(done) = done {
                // Whoever waits for it may have lost patience.
                let _ = done.send(());
            }
        };
        self.chats.enter(chat, Box::pin(work)).await;
    }

    fn is_unwritten(&self, id: u64) -> bool {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    fn note_unwritten(&self, id: u64) {
        let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        if unwritten.len() >= NUMBERS {
            unwritten.pop_front();
        }
        unwritten.push_back(id);
    }
}

#[cfg(test)]
mod tests;
