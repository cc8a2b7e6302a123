//! The way out of what is said: refusals within measure, menus kept, the gate given on.

use std::pin::pin;

use modelpin_chat::{Placement, Reply, Visibility};

use crate::access::{Action, Denied};
use crate::audit::Surface;
use crate::engine::gate::begun;
use crate::engine::restraint::Saying;
use crate::engine::{Case, Done, Engine, actor, in_words};
use crate::reply::{Draft, Refusal, Whom, refusal};

impl Engine {
    /// Says no, unless that was said often enough.
    pub(super) async fn refuse(&self, case: &Case<'_>, why: Refusal) -> Done {
        tracing::debug!(session.key = %self.key(case.inbound), ?why, "refused");
        if let Some(draft) = self.refusal(case, &why) {
            let placement = if case.surface == Surface::Press { Placement::Aside } else { Placement::InPlace };
            self.send_at(case, draft, Visibility::Private, placement).await;
        }
        Done::Refused
    }

    /// The refusal in words; `None` where it has been said often enough, or nothing is to be said at all.
    pub(super) fn refusal(&self, case: &Case<'_>, why: &Refusal) -> Option<Draft> {
        let settings = self.sources.settings.current();
        let now = self.sources.now();
        let draft = refusal(why, case.text, &Whom::of(case.inbound), in_words(&settings, case.inbound, now));
        let text = plain_text(&draft);
        let saying = match why {
            Refusal::Denied(Denied::SwitchedOff) => return None,
            // Who may talk and not command is no stranger: they are answered like any member.
            Refusal::Denied(Denied::Stranger) if self.authorize(case.inbound, Action::Talk).is_err() => {
                Saying::Stranger
            }
            Refusal::Denied(Denied::ChatNotListed) => Saying::Chat,
            Refusal::Denied(
                Denied::Stranger
                | Denied::OwnersOnly
                | Denied::OperatorsOnly
                | Denied::NotInThisChat
                | Denied::ProfileHidden,
            )
            | Refusal::Malformed(_)
            | Refusal::Form(_)
            | Refusal::Unread(_)
            | Refusal::ProfileForModel(_)
            | Refusal::NoCredential(_)
            | Refusal::NoEndpoint(_)
            | Refusal::ProfileUnusable { .. }
            | Refusal::NothingToUndo
            | Refusal::NoListShown
            | Refusal::NotOnList { .. }
            | Refusal::NoSuchPage { .. }
            | Refusal::UnknownProvider { .. }
            | Refusal::StaleMenu
            | Refusal::ForeignMenu
            | Refusal::PinLost(_)
            | Refusal::PersonalPin
            | Refusal::OnlyInPrivate
            | Refusal::BudgetSpent(_)
            | Refusal::NotDone(_)
            | Refusal::ChangedMeanwhile => Saying::Text(&text),
        };
        self.restraint.admits(case.inbound, &saying, now).then_some(draft)
    }

    /// Sends a draft, with its menu kept so that a press finds what was printed on it.
    pub(super) async fn send(&self, case: &Case<'_>, draft: Draft, visibility: Visibility) {
        self.send_at(case, draft, visibility, Placement::InPlace).await;
    }

    async fn send_at(&self, case: &Case<'_>, draft: Draft, visibility: Visibility, placement: Placement) {
        let key = self.key(case.inbound);
        let choices = self.keep_menu(&key, &actor(case.inbound), draft.rows).await;
        let reply =
            Reply { blocks: draft.blocks, choices, visibility, placement, session: key.to_string(), receipt: None };
        let mut sending = pin!(case.outbox.send(reply));
        let sent = begun(sending.as_mut()).await;
        // Everything is made that others have to find, and the reply is on its way before theirs. How long a platform
        // takes for it is no reason to let them wait.
        if !case.goes_on {
            case.pass.give_on();
        }
        let sent = match sent {
            Some(sent) => sent,
            None => sending.await,
        };
        if let Err(fault) = sent {
            tracing::warn!(session.key = %key, %fault, "a reply was not delivered");
        }
    }
}

/// The text of a draft, by which one answer is told from another.
pub(super) fn plain_text(draft: &Draft) -> String {
    let Draft { blocks, rows: _ } = draft;
    let reply = Reply {
        blocks: blocks.clone(),
        choices: Vec::new(),
        visibility: Visibility::Private,
        placement: Placement::InPlace,
        session: String::new(),
        receipt: None,
    };
    reply.plain_text()
}
