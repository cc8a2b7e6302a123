//! What a request makes of the present selection.

use crate::catalog::{ModelRef, Read, Wish};
use crate::profile::ProfileId;
use crate::session::Selection;

/// The model and the credential after a request, and what became of the pin that was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The model from now on.
    pub model: ModelRef,
    /// The pinned profile from now on.
    pub pin: Option<ProfileId>,
    /// What became of the pin.
    pub fate: PinFate,
}

/// What became of the pin that was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PinFate {
    /// There was none, and nobody asked for one.
    None,
    /// One was asked for.
    Pinned,
    /// The old one stays: the provider is the same.
    Kept,
    /// The old one went: it is for another provider.
    Dropped(ProfileId),
    /// The old one was taken off on request.
    Released(ProfileId),
}

impl Change {
    /// What `read` makes of `present`, where `current` is the model in effect (the default one, if nothing is chosen).
    pub fn of(present: Option<&Selection>, current: &ModelRef, read: Read) -> Self {
        let model = read.model.unwrap_or_else(|| current.clone());
        let old = present.and_then(|selection| selection.pin.as_ref()).map(|pin| pin.profile.clone());
        let (pin, fate) = match (read.credential, old) {
            (Wish::Profile(profile), _) => (Some(profile), PinFate::Pinned),
            (Wish::Auto, Some(old)) => (None, PinFate::Released(old)),
            (Wish::Keep, Some(old)) if model.provider == current.provider => (Some(old), PinFate::Kept),
            (Wish::Keep, Some(old)) => (None, PinFate::Dropped(old)),
            (Wish::Auto | Wish::Keep, None) => (None, PinFate::None),
        };
        Self { model, pin, fate }
    }
}
