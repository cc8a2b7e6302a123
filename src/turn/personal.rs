//! Credentials that are not everybody's: a pin counts for those who may use it, and for nobody else does it exist.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::profile::ProfileId;
use crate::receipt::Receipt;
use crate::session::{Choice, Selection, Session};
use crate::turn::Gathered;

impl Gathered {
    /// The selection in effect for who asks: the session's own, else the one of the session above, model and credential
    /// together. Somebody else's personal credential is left out of it.
    pub(crate) fn selection(&self) -> Option<Cow<'_, Selection>> {
        let held = self.held()?;
        Some(if self.is_anothers(held) {
            Cow::Owned(Selection { pin: None, ..held.clone() })
        } else {
            Cow::Borrowed(held)
        })
    }

    /// The same as it stands in the row, whoever asks.
    pub(crate) fn held(&self) -> Option<&Selection> {
        let own = self.session.choice.effective(self.now);
        own.or_else(|| self.parent.as_ref().and_then(|parent| parent.choice.inherited(self.now)))
    }

    /// A selection as it counts for who asks.
    pub(crate) fn for_asker(&self, selection: Selection) -> Selection {
        let pin = if self.is_anothers(&selection) { None } else { selection.pin };
        Selection { pin, ..selection }
    }

    /// Whether a personal credential of somebody else is pinned here.
    pub(crate) fn has_anothers_pin(&self) -> bool {
        self.held().is_some_and(|held| self.is_anothers(held))
    }

    /// The profile that who asks has pinned here, and may not use any more. Where it is granted to roles and none is known
    /// of who asks, that is not certain: a platform may have left them out.
    pub(crate) fn lost_pin(&self) -> Option<&ProfileId> {
        let held = self.held()?;
        let pin = held.pin.as_ref()?;
        let grants = self.settings.config.auth.profiles.get(&pin.profile).and_then(|profile| profile.grants.as_ref());
        if self.sender.roles.is_empty() && grants.is_some_and(|grants| !grants.roles.is_empty()) {
            return None;
        }
        (self.is_by_asker(held) && !self.is_granted(&pin.profile)).then_some(&pin.profile)
    }

    /// Whether the name of a credential in a receipt exists for who asks.
    pub(crate) fn may_read(&self, credential: &str) -> bool {
        ProfileId::new(credential).is_none_or(|profile| self.may_use(&profile))
    }

    /// A receipt as who asks may read it.
    pub(crate) fn readable(&self, receipt: Receipt) -> Receipt {
        let hidden = receipt.profile.as_deref().is_some_and(|profile| !self.may_read(profile));
        let attempts = receipt.attempts.into_iter().filter(|attempt| self.may_read(&attempt.profile)).collect();
        let requests = receipt.requests.into_iter().filter(|request| self.may_read(&request.profile)).collect();
        let (profile, fingerprint) = if hidden { (None, None) } else { (receipt.profile, receipt.fingerprint) };
        Receipt { profile, fingerprint, attempts, requests, ..receipt }
    }

    /// The last receipt as what a turn is measured against; `None` where it is of somebody else's credential, and where
    /// each has their own: that it changes from turn to turn is nothing to be told of.
    pub(crate) fn comparable<'a>(&self, last: Option<&'a Receipt>) -> Option<&'a Receipt> {
        let pin = self.held().and_then(|held| held.pin.as_ref());
        let is_personal = pin.is_some_and(|pin| self.has_grants(&pin.profile));
        let is_own = |receipt: &Receipt| {
            receipt.actor.channel == self.conversation.channel && receipt.actor.id == self.sender.id
        };
        last.filter(|last| last.profile.as_deref().is_none_or(|profile| self.may_read(profile)))
            .filter(|last| !is_personal || is_own(last))
    }

    fn is_anothers(&self, held: &Selection) -> bool {
        let hidden = held.pin.as_ref().is_some_and(|pin| !self.is_granted(&pin.profile));
        hidden && !self.is_by_asker(held)
    }

    fn is_by_asker(&self, held: &Selection) -> bool {
        let by = held.pinned_by();
        by.channel == self.conversation.channel && by.id == self.sender.id
    }

    /// Whether it is said of a profile who may use it.
    fn has_grants(&self, profile: &ProfileId) -> bool {
        let granted = self.settings.config.auth.profiles.get(profile).is_some_and(|profile| profile.grants.is_some());
        granted || profile.brought_by().is_some()
    }
}

/// The row without the pin of `profile`; the models stay.
pub(crate) fn without_pin(session: &Session, profile: &ProfileId, now: Timestamp) -> Session {
    let released = |selection: &Option<Selection>| {
        selection
            .clone()
            .map(|selection| Selection { pin: selection.pin.filter(|pin| pin.profile != *profile), ..selection })
    };
    let Choice { lasting, passing } = &session.choice;
    let choice = Choice { lasting: released(lasting), passing: released(passing) };
    Session { choice, updated: now, ..session.clone() }
}
