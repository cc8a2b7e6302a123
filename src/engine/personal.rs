//! Pins that answer some people only: they end with the right to use the credential.

use crate::config::PersonalPin;
use crate::engine::Engine;
use crate::reply::Refusal;
use crate::store::CommitFault;
use crate::turn::{Gathered, without_pin};

impl Engine {
    /// What a message comes to because of a pin that is not for who wrote it, if that is a refusal. A pin that who wrote has
    /// lost is taken off, and that is said once.
    pub(super) async fn personal(&self, gathered: &Gathered, has_own: bool) -> Option<Refusal> {
        if let Some(lost) = gathered.lost_pin().cloned() {
            let owner = match &gathered.parent {
                Some(parent) if gathered.is_inherited() => parent,
                _ => &gathered.session,
            };
            // Where somebody has changed the row meanwhile, the next message looks again: the credential answers nobody
            // either way.
            let taken_off = self.sources.store.commit(without_pin(owner, &lost, gathered.now)).await;
            if let Err(CommitFault::Store(fault)) = taken_off {
                tracing::warn!(session.key = %owner.key, %fault, "a pin that has ended could not be taken off");
            }
            return Some(Refusal::PinLost(lost));
        }
        let refuses = gathered.settings.config.session.personal_pin == PersonalPin::Refuse;
        (refuses && !has_own && gathered.has_anothers_pin()).then_some(Refusal::PersonalPin)
    }
}
