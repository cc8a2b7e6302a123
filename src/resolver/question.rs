//! What a resolution depends on.

use jiff::Timestamp;

use crate::catalog::{Catalog, ModelRef, ProviderId};
use crate::config::AuthConfig;
use crate::health::Bench;
use crate::profile::{Fingerprint, Profile, ProfileId, Profiles};
use crate::receipt::BillingClass;
use crate::resolver::CredentialId;
use crate::session::{AutoChoice, Selection};

/// Everything that decides who may answer, gathered by the caller so that the decision itself is pure.
pub struct Question<'a> {
    /// The models.
    pub catalog: &'a Catalog,
    /// The profiles.
    pub profiles: &'a Profiles,
    /// The configured order, modes and declared profiles.
    pub auth: &'a AuthConfig,
    /// Whether a model that a person chose may fall back all the same.
    pub user_model_fallback: bool,
    /// The selection that counts now, the session's own or its parent's.
    pub selection: Option<&'a Selection>,
    /// The credential that rotation settled on before.
    pub hint: Option<&'a AutoChoice>,
    /// The benches.
    pub benches: &'a [Bench],
    /// Credentials for a provider that are not in the store, best first.
    pub stray: &'a dyn Fn(&ProviderId) -> Vec<Stray>,
    /// The fingerprint of a profile's secret, as far as it is known without going anywhere.
    pub fingerprint: &'a dyn Fn(&Profile) -> Option<Fingerprint>,
    /// Whether a model answers without any credential, as local servers do.
    pub keyless: &'a dyn Fn(&ModelRef) -> bool,
    /// Whether the model may answer the person who asks with that profile, or with a credential that is none (`None`). One
    /// that may not does not exist for that person.
    pub may_answer: &'a dyn Fn(&ModelRef, Option<&ProfileId>) -> bool,
    /// Why a credential is not to be used at all for now, whatever else is true of it: an operator has switched it off, or
    /// its budget is used up.
    pub barred: &'a dyn Fn(&CredentialId) -> Option<String>,
    /// The time of the question.
    pub now: Timestamp,
}

/// A credential that is not in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// Where it is.
    pub id: CredentialId,
    /// The fingerprint of its secret, where it is known.
    pub fingerprint: Option<Fingerprint>,
    /// How it is paid for.
    pub billing: BillingClass,
}
