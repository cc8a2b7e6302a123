//! Pins that answer some people only: they end with the right to use the credential.

use crate::config::PersonalPin;
use crate::engine::change::{NOT_SENT, TRIES};
use crate::engine::{Case, Engine};
use crate::reply::Refusal;
use crate::store::CommitFault;
use crate::turn::{Gathered, without_pin};

impl Engine {
    /// Whether a message is refused because of a pin that is not for who wrote it; then that has been said. A pin that who
    /// wrote has lost is taken off, and that is said once: as soon as it is committed.
    pub(super) async fn is_refused_for_a_pin(&self, case: &Case<'_>, gathered: &Gathered, has_own: bool) -> bool {
        if gathered.lost_pin().is_some() {
            self.end_lost_pin(case).await;
            return true;
        }
        let refuses = gathered.settings.config.session.personal_pin == PersonalPin::Refuse;
        let is_refused = refuses && !has_own && gathered.has_anothers_pin();
        if is_refused {
            self.refuse(case, Refusal::PersonalPin).await;
        }
        is_refused
    }

    async fn end_lost_pin(&self, case: &Case<'_>) {
        for _ in 0..TRIES {
            let Some(gathered) = self.gather(case, NOT_SENT).await else { return };
            // Somebody may have put another choice in its place meanwhile.
            let Some(lost) = gathered.lost_pin().cloned() else { break };
            let owner = match &gathered.parent {
                Some(parent) if gathered.is_inherited() => parent,
                _ => &gathered.session,
            };
            let without = without_pin(owner, &lost, gathered.now);
            match self.commit_audited(case, owner, without, "may not be used any more").await {
                Ok(_) => {
                    self.refuse(case, Refusal::PinLost(lost)).await;
                    return;
                }
                Err(CommitFault::Conflict(_)) => {}
                Err(CommitFault::Store(fault)) => return self.tell_fault(case, NOT_SENT, &fault).await,
            }
        }
        self.refuse(case, Refusal::ChangedMeanwhile).await;
    }
}
