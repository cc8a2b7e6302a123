//! One bench: who may not play until when.

use jiff::Timestamp;

use crate::catalog::{ModelId, ProviderId};
use crate::health::FailureClass;
use crate::profile::Fingerprint;

/// A credential, a model, or a pair of them that is not to be used for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bench {
    /// What is benched.
    pub scope: BenchScope,
    /// Why.
    pub class: FailureClass,
    /// How many failures of this class came in a row; decides the next rung of the ladder.
    pub strikes: u32,
    /// When the last failure that counted happened.
    pub since: Timestamp,
    /// When it ends; `None` until the credential's secret changes.
    pub until: Option<Timestamp>,
}

/// What a bench is about. At least one of `fingerprint` and `model` is given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BenchScope {
    /// The provider.
    pub provider: ProviderId,
    /// The credential by its secret, so that a new secret starts clean; `None` for every credential.
    pub fingerprint: Option<Fingerprint>,
    /// The model; `None` for every model.
    pub model: Option<ModelId>,
}
