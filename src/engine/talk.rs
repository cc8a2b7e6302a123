//! Ordinary messages: they go to the model that is chosen, with the credential that is chosen.

use std::borrow::Cow;
use std::pin::pin;

use crate::access::Action;
use crate::engine::change::NOT_SENT;
use crate::engine::gate::begun;
use crate::engine::{Case, Engine, actor};
use crate::operator::take_word;
use crate::reply::Refusal;
use crate::session::{EventId, Selection, begins_anew};
use crate::turn::Turn;

impl Engine {
    /// Sends `text` to the model and the answer to the chat. `once` counts instead of the session's selection.
    pub(super) async fn talk(&self, case: &Case<'_>, text: &str, once: Option<Selection>) {
        if let Err(denied) = self.authorize(case.inbound, Action::Talk) {
            self.refuse(case, Refusal::Denied(denied)).await;
            return;
        }
        if text.trim().is_empty() {
            return;
        }
        let key = self.key(case.inbound);
        let mut place = pin!(self.running.place(&key));
        let front = begun(place.as_mut()).await;
        // It stands in the queue, so whoever comes next may come: it stays behind this one.
        case.pass.give_on();
        let _turn = match front {
            Some(front) => front,
            None => place.await,
        };
        if self.says_again(case, once.is_some()).await {
            return;
        }
        self.begin_anew_if_due(case).await;
        let Some(mut gathered) = self.gather(case, NOT_SENT).await else { return };
        self.rebind_if_due(case, &mut gathered).await;
        if let Some(word) = take_word(self.sources.store.as_ref(), &key).await {
            gathered.trouble.push(format!("{word}; /model status shows what holds now"));
        }
        if self.is_refused_for_a_pin(case, &gathered, once.is_some()).await {
            return;
        }
        if self.is_over_budget(case, &mut gathered).await {
            return;
        }
        let started = gathered.now;
        let selection = once.clone().or_else(|| gathered.selection().map(Cow::into_owned));
        let mut turn = Turn {
            sources: &self.sources,
            gathered,
            selection,
            text: text.to_owned(),
            actor: actor(case.inbound),
            event: EventId::of(case.inbound),
            outbox: case.outbox,
            requests: Vec::new(),
        };
        let end = turn.run().await;
        self.finish(case, turn, end, started, once.is_some()).await;
    }

    /// A conversation that was silent for long enough begins anew, where the operator wants that. What a person chose
    /// stays: the time of day is nobody's decision.
    async fn begin_anew_if_due(&self, case: &Case<'_>) {
        let settings = self.sources.settings.current();
        let key = self.key(case.inbound);
        let Ok(Some(last)) = self.sources.store.last_utterance(&key).await else { return };
        if !begins_anew(settings.config.session.reset, last, self.sources.now(), &self.sources.time_zone) {
            return;
        }
        let Some(gathered) = self.gather(case, NOT_SENT).await else { return };
        let session = gathered.session.begin(true, gathered.now);
        if let Err(fault) = self.sources.store.commit(session).await {
            tracing::warn!(session.key = %key, %fault, "the conversation could not begin anew");
        }
    }
}
