//! Why a selection could not be read.

use std::ops::Range;

use crate::catalog::{ModelRef, ProviderId};
use crate::profile::ProfileId;

/// Why a selection could not be read. Nothing is changed by one that could not.
///
/// Spans are bytes of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// No model is called so.
    UnknownModel {
        /// The part that was to name a model.
        text: String,
        /// Where it stands.
        span: Range<usize>,
        /// Names that come near, the nearest first, at most five.
        nearest: Vec<String>,
    },
    /// The model is left out by the allowlist.
    NotAllowed {
        /// The model that was named.
        model: ModelRef,
        /// Where it stands.
        span: Range<usize>,
        /// Names of models that may be chosen, the nearest first, at most five.
        allowed: Vec<String>,
    },
    /// It can be read in several ways.
    Ambiguous {
        /// What was typed.
        text: String,
        /// Where it stands.
        span: Range<usize>,
        /// Each way, as the arguments of a `/model` that can be read in this way only.
        readings: Vec<String>,
    },
    /// The model's provider has no profile of that name, as far as the person who asks may know.
    UnknownProfile {
        /// The part that was to name a profile.
        name: String,
        /// Where it stands.
        span: Range<usize>,
        /// Whose profile it would have to be.
        provider: ProviderId,
        /// The profiles of that provider.
        known: Vec<ProfileId>,
        /// Those of them that come near, the nearest first, at most five.
        nearest: Vec<ProfileId>,
        /// What to type if the `@` belongs to the name of an unlisted model.
        or_model: Option<String>,
    },
    /// A profile was to follow the `@`, and none does.
    NoProfileNamed {
        /// Where the `@` stands.
        span: Range<usize>,
        /// Whose profile it would have to be.
        provider: ProviderId,
        /// The profiles of that provider.
        known: Vec<ProfileId>,
    },
    /// The profile is there, but it is another provider's.
    ProfileElsewhere {
        /// The profile.
        id: ProfileId,
        /// Where it stands.
        span: Range<usize>,
        /// Whose it is.
        belongs_to: ProviderId,
        /// Whose it would have to be.
        wanted: ProviderId,
    },
}

impl Unread {
    /// Where the part stands that could not be read.
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::UnknownModel { span, .. }
            | Self::NotAllowed { span, .. }
            | Self::Ambiguous { span, .. }
            | Self::UnknownProfile { span, .. }
            | Self::NoProfileNamed { span, .. }
            | Self::ProfileElsewhere { span, .. } => span.clone(),
        }
    }
}
