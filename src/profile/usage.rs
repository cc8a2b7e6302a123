//! What the family's programs noted about the use of a profile.

use jiff::Timestamp;

use crate::catalog::ModelId;

/// What the family's programs noted about the use of a profile: read, honoured, never written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// The short window, after a failure that passes.
    pub cooldown_until: Option<Timestamp>,
    /// What the short window is about: `rate_limit` and the like.
    pub cooldown_reason: Option<String>,
    /// The model that the short window is about; `None` when it is about the whole profile.
    pub cooldown_model: Option<ModelId>,
    /// The long window, after a failure that needs a person (billing).
    pub disabled_until: Option<Timestamp>,
    /// Whether the long window is the one that ends later.
    pub disabled: bool,
}

impl Usage {
    /// Until when the profile is not to be used for `model`, if that is still to come at `now`.
    ///
    /// Without a model every window counts. A rate limit that was noted for one model does not hold up another one.
    pub fn cooling(&self, model: Option<&ModelId>, now: Timestamp) -> Option<Timestamp> {
        let elsewhere = match (&self.cooldown_model, model) {
            (Some(limited), Some(wanted)) => limited != wanted && self.is_rate_limit(),
            (None, _) | (_, None) => false,
        };
        let cooldown = if elsewhere { None } else { self.cooldown_until };
        cooldown.max(self.disabled_until).filter(|until| now < *until)
    }

    fn is_rate_limit(&self) -> bool {
        self.cooldown_reason.as_deref().is_none_or(|reason| reason == "rate_limit")
    }
}
