//! The one way in which a session's row is changed.

use std::path::PathBuf;

use modelpin_chat::Visibility;

use crate::access::Action;
use crate::audit::Surface;
use crate::engine::audited::remark;
use crate::engine::show::visible_profiles;
use crate::engine::{Case, Done, Engine, words};
use crate::reply::{Confirmed, Deed, Refusal, confirm, notes, onward, world_broke};
use crate::session::{EventId, PinFate, Session};
use crate::store::{CommitFault, StoreFault};
use crate::turn::Gathered;

/// How often a change is applied anew when others commit in between.
pub(super) const TRIES: usize = 5;

/// What a fault of the state comes to where something was to be changed.
pub(super) const NOT_SAVED: &str = "Not saved, so nothing was changed";

/// What a fault of the state comes to where a message was to be answered.
pub(super) const NOT_SENT: &str = "Nothing was sent";

/// What a change makes of a row, and what became of its pin.
pub(super) struct Changed {
    pub(super) session: Session,
    pub(super) fate: PinFate,
}

impl Engine {
    /// Gathers the facts, or tells the chat why that is not possible and what was therefore `undone`.
    pub(super) async fn gather(&self, case: &Case<'_>, undone: &str) -> Option<Gathered> {
        match self.sources.gather(case.inbound).await {
            Ok(gathered) => Some(gathered),
            Err(fault) => {
                self.tell_fault(case, undone, &fault).await;
                None
            }
        }
    }

    /// Commits what `change` makes of the session, and says what was committed.
    ///
    /// When somebody else commits in between, the change is made anew from the row as it is then. The confirmation is
    /// made from the row that the table gave back, never from what was asked for.
    pub(super) async fn change(
        &self,
        case: &Case<'_>,
        deed: Deed,
        change: impl Fn(&Gathered) -> Result<Changed, Refusal> + Send + Sync,
    ) -> Done {
        let event = EventId::of(case.inbound);
        for _ in 0..TRIES {
            let Some(mut gathered) = self.gather(case, NOT_SAVED).await else { return Done::Refused };
            if event.as_ref().is_some_and(|event| gathered.session.carries(event)) {
                self.confirm_again(case, &gathered, deed).await;
                return Done::Yes;
            }
            // Rather late than twice: the row would forget one that may come again.
            if event.is_some() && self.open.wait_for_room(&gathered.session).await {
                continue;
            }
            let Changed { session, fate } = match change(&gathered) {
                Ok(changed) => changed,
                Err(why) => return self.refuse(case, why).await,
            };
            let running = self.running.is_taken(&session.key);
            let session = match &event {
                Some(event) => session.carrying(event.clone(), |event| self.open.contains(event)),
                None => session,
            };
            match self.commit_audited(case, &gathered.session, session, deed.word()).await {
                Ok(committed) => {
                    gathered.trouble.extend(remark(&committed));
                    gathered.session = committed.value;
                    self.confirm(case, &gathered, fate, deed, running).await;
                    return Done::Yes;
                }
                Err(CommitFault::Conflict(_)) => {}
                Err(CommitFault::Store(fault)) => {
                    self.tell_fault(case, NOT_SAVED, &fault).await;
                    return Done::Refused;
                }
            }
        }
        let path = PathBuf::from(self.key(case.inbound).as_str());
        let why = "others keep changing this session at the same moment".to_owned();
        self.tell_fault(case, NOT_SAVED, &StoreFault::Broken { path, why }).await;
        Done::Refused
    }

    /// Whether the event made its change before; if so, what stands is said.
    pub(super) async fn is_made(&self, case: &Case<'_>) -> bool {
        let Some(event) = EventId::of(case.inbound) else { return false };
        let gathered = self.sources.gather(case.inbound).await.ok();
        let Some(gathered) = gathered.filter(|gathered| gathered.session.carries(&event)) else { return false };
        self.confirm_again(case, &gathered, Deed::Chosen).await;
        true
    }

    /// Confirms what stands, for an event that came again.
    async fn confirm_again(&self, case: &Case<'_>, gathered: &Gathered, deed: Deed) {
        tracing::info!(session.key = %gathered.session.key, "what was carried out came again, so what stands is confirmed");
        let running = self.running.is_taken(&gathered.session.key);
        self.confirm(case, gathered, PinFate::None, deed, running).await;
    }

    async fn confirm(&self, case: &Case<'_>, gathered: &Gathered, fate: PinFate, deed: Deed, running: bool) {
        let selection = gathered.selection();
        let resolution = self.sources.resolve(gathered, selection.as_deref());
        let words = words(gathered, case.inbound);
        let confirmed = Confirmed {
            session: &gathered.session,
            selection: selection.as_deref(),
            fate,
            resolution: &resolution,
            running,
            deed,
        };
        let mut draft = confirm(&confirmed, words);
        if case.surface == Surface::Press {
            let model = gathered.model();
            let may_pin = self.authorize(case.inbound, Action::ChooseCredential).is_ok();
            let profiles = if may_pin { visible_profiles(gathered, &model.provider).len() } else { 0 };
            draft.rows.push(onward(model, profiles, words));
        }
        notes(&mut draft, &gathered.trouble);
        self.send(case, draft, Visibility::Chat).await;
    }

    pub(super) async fn tell_fault(&self, case: &Case<'_>, undone: &str, fault: &StoreFault) {
        tracing::warn!(session.key = %self.key(case.inbound), %fault, "the state could not be read or written");
        let next = match fault {
            StoreFault::ReadOnly { .. } => "An operator has to make the state directory writable; reading still works.",
            StoreFault::Full { .. } => "An operator has to make room on the disk; then type the command again.",
            StoreFault::TooNew { .. } => "An operator has to update modelpin.",
            StoreFault::Unaudited { .. } => "An operator has to mend the audit: `modelpin audit --verify` shows it.",
            StoreFault::Away { .. } => "Type the command again in a while; what was confirmed before stands.",
            StoreFault::Broken { .. } => "Type the command again; if it stays like this, tell an operator.",
        };
        self.send(case, world_broke(undone, &fault.to_string(), next), Visibility::Private).await;
    }
}
