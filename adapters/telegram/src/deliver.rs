//! From what Telegram hands out to the handler, so that nothing is lost on the way.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{Either, join_all, select};
use modelpin_chat::{Handler, Inbound};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::chats::Chats;
use crate::inbound::{self, Heard, Me, Said, Way};
use crate::line::Line;
use crate::outbox::Talk;
use crate::{Inbox, InboxFault, Kept, Received};

/// How long everything else waits for an update that must not be written down. When it takes longer, it goes on all the
/// same, but a crash would lose it: one chat in which nothing can be said must not silence the others.
const UNWRITTEN: Duration = Duration::from_secs(30);

/// How many numbers of updates that were not written down are remembered.
const NUMBERS: usize = 256;

/// The way of updates to the handler.
pub(crate) struct Deliveries {
    line: Arc<Line>,
    handler: Arc<dyn Handler>,
    inbox: Arc<dyn Inbox>,
    me: Me,
    chats: Arc<Chats>,
    /// The numbers of those that were handed over without being kept: Telegram may bring them again.
    unwritten: Mutex<VecDeque<u32>>,
}

impl Deliveries {
    pub(crate) fn new(
        line: Arc<Line>,
        handler: Arc<dyn Handler>,
        inbox: Arc<dyn Inbox>,
        me: Me,
        chats: Arc<Chats>,
    ) -> Self {
        Self { line, handler, inbox, me, chats, unwritten: Mutex::default() }
    }

    /// Hands over what a former run had kept and was not done with, in order.
    pub(crate) async fn resume(&self, pending: Vec<(u32, String)>) {
        for (id, update) in pending {
            let heard = serde_json::from_str(&update).ok().and_then(|update| self.hear(&update));
            match heard {
                Some(Heard::Said(said)) => self.hand_over(id, *said, true, None).await,
                Some(Heard::Stray(_) | Heard::Moved { .. }) | None => self.inbox.done(id).await,
            }
        }
    }

    /// Keeps updates and hands them over, in order. When it returns, Telegram may forget them.
    ///
    /// # Errors
    /// When they cannot be kept: none has been handed over.
    pub(crate) async fn take(&self, updates: &[Value]) -> Result<(), InboxFault> {
        let mut said = Vec::new();
        let mut received = Vec::new();
        for update in updates {
            let Some(id) = number(update) else {
                tracing::warn!(account = self.line.account, "an update has no number and is passed over");
                continue;
            };
            match self.hear(update) {
                Some(Heard::Said(one)) if !self.is_unwritten(id) => {
                    received.push(Received { id, text: inbound::written(update), update: update.to_string() });
                    said.push((id, *one));
                }
                Some(Heard::Said(_)) => {}
                Some(Heard::Moved { from, to }) => self.line.pace.moved(from.0, to.0),
                Some(Heard::Stray(query)) => {
                    let line = Arc::clone(&self.line);
                    let answer = async move {
                        line.answer_press(&query, None).await;
                    };
                    self.chats.enter(NOWHERE, Box::pin(answer)).await;
                }
                None => tracing::debug!(account = self.line.account, update = id, "an update is passed over"),
            }
        }
        if said.is_empty() {
            return Ok(());
        }
        let kept = self.inbox.keep(received).await?;
        if kept.len() != said.len() {
            return Err(InboxFault(format!("{} updates were to be kept, and {} were", said.len(), kept.len())));
        }
        let mut unwritten = Vec::new();
        for ((id, said), kept) in said.into_iter().zip(kept) {
            match kept {
                Kept::New => self.hand_over(id, said, true, None).await,
                Kept::Already => {
                    tracing::debug!(account = self.line.account, update = id, "an update came once more");
                }
                Kept::Refused => {
                    let (done, dealt_with) = oneshot::channel();
                    self.note_unwritten(id);
                    self.hand_over(id, said, false, Some(done)).await;
                    unwritten.push(dealt_with);
                }
            }
        }
        if timeout(UNWRITTEN, join_all(unwritten)).await.is_err() {
            let account = &self.line.account;
            tracing::warn!(
                account,
                "an update that must not be written down is still under way; a crash would lose it"
            );
        }
        Ok(())
    }

    fn hear(&self, update: &Value) -> Option<Heard> {
        inbound::hear(update, &self.me, &self.line.account)
    }

    async fn hand_over(&self, id: u32, said: Said, is_kept: bool, done: Option<oneshot::Sender<()>>) {
        let Said { inbound, way } = said;
        let chat = way.chat.0;
        let (line, handler, inbox) = (Arc::clone(&self.line), Arc::clone(&self.handler), Arc::clone(&self.inbox));
        let work = async move {
            let dealing = deal(Arc::clone(&line), &*handler, inbound, way);
            if AssertUnwindSafe(dealing).catch_unwind().await.is_err() {
                // It would do so again after each restart.
                tracing::error!(account = line.account, chat, update = id, "the handling panicked; it is not repeated");
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

    fn is_unwritten(&self, id: u32) -> bool {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    fn note_unwritten(&self, id: u32) {
        let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        if unwritten.len() >= NUMBERS {
            unwritten.pop_front();
        }
        unwritten.push_back(id);
    }
}

/// The number of an update.
pub(crate) fn number(update: &Value) -> Option<u32> {
    update["update_id"].as_u64().and_then(|id| u32::try_from(id).ok())
}

/// Where presses are answered that belong to no chat; Telegram gives this id to none.
const NOWHERE: i64 = 0;

/// One handling to its end, with what goes on beside it. The handler is polled before anything else is waited for.
async fn deal(line: Arc<Line>, handler: &dyn Handler, inbound: Inbound, way: Way) {
    let talk = Talk::new(line, way, inbound.conversation.kind);
    let handling = async {
        handler.handle(inbound, &talk).await;
        talk.finish().await;
    };
    // Not tokio's own `select!`: in a task that has done much it polls nothing, and those that were sent away so come back
    // in another order.
    match select(pin!(handling), pin!(talk.accompany())).await {
        Either::Left(((), _)) => {}
        Either::Right((never, _)) => match never {},
    }
}

#[cfg(test)]
mod tests;
