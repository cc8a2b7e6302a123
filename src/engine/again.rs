//! Messages that come again after the program ended in the middle of answering them.

use jiff::{SignedDuration, Timestamp};
use modelpin_chat::{Block, Placement, Reply, Visibility};

use crate::engine::{Case, Engine};
use crate::history::Role;
use crate::receipt::Receipt;
use crate::session::{EventId, Session, Until};

impl Engine {
    /// Whether the message was answered before, and only the reply may have been lost: then it is said again, and nobody
    /// is asked again. `once`: the turn had a selection of its own.
    ///
    /// A turn writes its receipt first and the conversation second, so the receipt of an answer that stands at the end of
    /// the conversation says that both are there.
    pub(super) async fn says_again(&self, case: &Case<'_>, once: bool) -> bool {
        let Some(event) = EventId::of(case.inbound) else { return false };
        let key = self.key(case.inbound);
        let store = &self.sources.store;
        let Ok(Some(receipt)) = store.last_receipt(&key).await else { return false };
        if receipt.event.as_ref() != Some(&event) {
            return false;
        }
        let Ok(session) = store.load(&key).await else { return false };
        let conversation = session.as_ref().map_or(0, |session| session.conversation);
        let Ok(said) = store.history(&key, conversation, 1).await else { return false };
        let last = said.into_iter().next_back();
        let Some(answer) = last.filter(|last| last.role == Role::Assistant && last.at == receipt.at) else {
            return false;
        };
        tracing::info!(session.key = %key, %event, "what was answered came again, so the answer is sent again");
        if let Some(settled) =
            session.filter(|_| !once).and_then(|session| settled(&session, &receipt, self.sources.now()))
            && let Err(fault) = store.commit(settled).await
        {
            tracing::warn!(session.key = %key, ?fault, "what follows from an answer could not be kept");
        }
        let mut blocks = vec![Block::Markdown(answer.text)];
        if !receipt.is_answer() {
            blocks.extend([Block::blank(), Block::line(format!("(cut off: {})", receipt.outcome))]);
        }
        let reply = Reply {
            blocks,
            choices: Vec::new(),
            visibility: Visibility::Chat,
            placement: Placement::InPlace,
            session: key.to_string(),
            receipt: serde_json::to_string(&self.sources.gather_to_show(case.inbound).await.readable(receipt)).ok(),
        };
        if let Err(fault) = case.outbox.send(reply).await {
            tracing::warn!(session.key = %key, %fault, "an answer was not delivered");
        }
        true
    }
}

/// The row with the choice for one turn used up, if that turn had one and the program ended before it was.
fn settled(session: &Session, receipt: &Receipt, now: Timestamp) -> Option<Session> {
    let passing = session.choice.passing.as_ref().filter(|passing| passing.until == Until::NextTurn)?;
    let length = SignedDuration::from_millis(i64::try_from(receipt.latency_ms).unwrap_or(i64::MAX));
    let began = receipt.at.checked_sub(length).unwrap_or(receipt.at);
    // One that was made while the answer was written is for the next turn.
    let is_used = receipt.once && passing.since <= began;
    is_used.then(|| session.answered(Some(passing), session.auto.clone(), now))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::settled;
    use crate::receipt::Receipt;
    use crate::session::{Actor, Selection, Session, Source, Until};

    /// Seconds after the first moment.
    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    /// A turn from 10 to 15.
    fn receipt(once: bool) -> Receipt {
        Receipt {
            at: at(15),
            session: "agent:main:telegram:default:dm:1".parse().unwrap(),
            actor: Actor { channel: String::new(), id: String::new(), name: None },
            event: None,
            model: None,
            profile: None,
            fingerprint: None,
            source: Source::User,
            once,
            reason: String::new(),
            class: None,
            attempts: Vec::new(),
            requests: Vec::new(),
            tokens_in: None,
            tokens_out: None,
            latency_ms: 5_000,
            outcome: "ok".to_owned(),
        }
    }

    #[test]
    fn a_choice_for_one_turn_is_used_up_by_the_turn_that_had_it() {
        let chosen = |until, since| {
            let session = Session::new("agent:main:telegram:default:dm:1".parse().unwrap(), at(0));
            let selection = Selection::trial("anthropic/m".parse().unwrap(), at(since));
            session.select(Selection { until, ..selection }, at(since))
        };
        let once = chosen(Until::NextTurn, 9);
        assert_eq!(settled(&once, &receipt(true), at(20)).unwrap().choice.passing, None);
        assert_eq!(settled(&once, &receipt(false), at(20)), None, "the turn had another choice");
        assert_eq!(settled(&chosen(Until::NextTurn, 12), &receipt(true), at(20)), None, "it was made meanwhile");
        assert_eq!(settled(&chosen(Until::Changed, 9), &receipt(true), at(20)), None);
    }
}
