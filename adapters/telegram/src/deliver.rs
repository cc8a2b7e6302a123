//! From what Telegram hands out to the handler.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use modelpin_chat::{BoxFuture, Handler, Inbound};
use modelpin_delivery::{Arrival, Arrivals, Chats, Inbox, InboxFault};
use serde_json::Value;

use crate::admins::Admins;
use crate::inbound::{self, Heard, Me, Said, Way};
use crate::line::Line;
use crate::outbox::Talk;

/// The way of updates to the handler.
pub(crate) struct Deliveries {
    line: Arc<Line>,
    handler: Arc<dyn Handler>,
    me: Me,
    chats: Arc<Chats>,
    arrivals: Arrivals,
    /// Who administers groups, where that matters.
    admins: Option<Arc<Admins>>,
}

impl Deliveries {
    pub(crate) fn new(
        line: Arc<Line>,
        handler: Arc<dyn Handler>,
        inbox: Arc<dyn Inbox>,
        me: Me,
        chats: Arc<Chats>,
        admins: bool,
    ) -> Self {
        let arrivals = Arrivals::new(line.account.clone(), inbox, Arc::clone(&chats));
        let admins = admins.then(|| Arc::new(Admins::new(Arc::clone(&line))));
        Self { line, handler, me, chats, arrivals, admins }
    }

    /// Hands over what a former run had kept and was not done with, in order.
    pub(crate) async fn resume(&self, pending: Vec<(u64, String)>) {
        for (id, update) in pending {
            let heard = serde_json::from_str(&update).ok().and_then(|update| self.hear(&update));
            match heard {
                Some(Heard::Said(said)) => {
                    self.arrivals.resume(vec![self.arrival(id, *said, None, update)]).await;
                }
                Some(Heard::Stray(_) | Heard::Moved { .. }) | None => self.arrivals.let_go(id).await,
            }
        }
    }

    /// Keeps updates and hands them over, in order. When it returns, Telegram may forget them.
    ///
    /// # Errors
    /// When they cannot be kept: none has been handed over.
    pub(crate) async fn take(&self, updates: &[Value]) -> Result<(), InboxFault> {
        let mut arrivals = Vec::new();
        for update in updates {
            let Some(id) = number(update) else {
                tracing::warn!(account = self.line.account, "an update has no number and is passed over");
                continue;
            };
            match self.hear(update) {
                Some(Heard::Said(said)) => {
                    let text = inbound::written(update);
                    arrivals.push(self.arrival(id.into(), *said, text, update.to_string()));
                }
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
        self.arrivals.take(arrivals).await
    }

    fn hear(&self, update: &Value) -> Option<Heard> {
        inbound::hear(update, &self.me, &self.line.account)
    }

    fn arrival(&self, id: u64, said: Said, text: Option<String>, update: String) -> Arrival {
        let Said { mut inbound, way } = said;
        let (line, handler, admins) = (Arc::clone(&self.line), Arc::clone(&self.handler), self.admins.clone());
        let chat = way.chat.0;
        let work: BoxFuture<'static, ()> = Box::pin(async move {
            if let Some(admins) = admins {
                admins.appoint(&mut inbound, &way).await;
            }
            deal(line, &*handler, inbound, way).await;
        });
        Arrival { id, chat, text, update, work }
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
