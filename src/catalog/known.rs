//! What the reader of a selection must know of the profiles.

use crate::catalog::ProviderId;
use crate::profile::ProfileId;

/// The profiles that the person who asks may see. One that they may not see must look like one that is not there.
pub trait KnownProfiles {
    /// The profile of `provider` that `name` stands for: a full id exactly, else `<provider>:<name>`, else the only one
    /// that differs in nothing but letter case.
    fn find(&self, provider: &ProviderId, name: &str) -> ProfileMatch;

    /// Every profile of `provider`, in the order of the store.
    fn of(&self, provider: &ProviderId) -> Vec<ProfileId>;
}

/// What a name stands for among the profiles of one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileMatch {
    /// This one.
    One(ProfileId),
    /// Any of these: they differ in letter case alone, or in how they spell the provider.
    Several(Vec<ProfileId>),
    /// A profile of that very id exists, but for another provider.
    Elsewhere(ProfileId, ProviderId),
    /// Nothing.
    None,
}
