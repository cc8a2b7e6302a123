//! One bench: who may not play until when.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::catalog::{ModelId, ModelRef, ProviderId};
use crate::health::FailureClass;
use crate::profile::Fingerprint;

/// How long a long bench is left alone between two requests that look whether it is still deserved.
pub const PROBE_INTERVAL: SignedDuration = SignedDuration::from_mins(15);

/// So far ahead of the clock, a bench was made before the clock was set back. Less is the difference between a moment that
/// was noted at the beginning of a long turn and one that somebody else noted meanwhile.
const SET_BACK: SignedDuration = SignedDuration::from_hours(1);

/// A credential, a model, or a pair of them that is not to be used for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bench {
    /// What is benched.
    pub scope: BenchScope,
    /// Why.
    pub class: FailureClass,
    /// How many failures of this class came in a row; decides the next rung of the ladder.
    pub strikes: u32,
    /// When the last request that found the bench or made it was sent.
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

impl Bench {
    /// Whether a request may find out at `now` whether the cause of a long bench is gone.
    ///
    /// Only an account that cannot pay is looked into: a rate limit says itself when it ends, and a refused secret does
    /// not get better by being sent again.
    pub fn may_be_probed(&self, now: Timestamp) -> bool {
        self.class == FailureClass::Billing && now.duration_since(self.since) >= PROBE_INTERVAL
    }

    /// Whether it still holds at `now`. One that ends by itself and was made in the future does not: the clock was set
    /// back since, and nobody knows how long it was meant to be.
    pub fn holds(&self, now: Timestamp) -> bool {
        let set_back = self.since.duration_since(now) > SET_BACK;
        self.until.is_none_or(|until| now < until && !set_back)
    }
}

impl BenchScope {
    /// Whether a request for `model` with that credential is within this scope.
    pub fn covers(&self, model: &ModelRef, fingerprint: Option<&Fingerprint>) -> bool {
        self.provider == model.provider
            && self.model.as_ref().is_none_or(|benched| *benched == model.model)
            && self.fingerprint.as_ref().is_none_or(|benched| Some(benched) == fingerprint)
    }
}

impl fmt::Display for BenchScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.model, &self.fingerprint) {
            (Some(model), Some(fingerprint)) => write!(f, "{}/{model} with {fingerprint}", self.provider),
            (Some(model), None) => write!(f, "{}/{model}", self.provider),
            (None, Some(fingerprint)) => write!(f, "{} with {fingerprint}", self.provider),
            (None, None) => write!(f, "{}", self.provider),
        }
    }
}

/// The bench that keeps a request for `model` with that credential out at `now`: of several, the one that ends last. One
/// that may be looked into comes after those that may not, for a look into it would run into them.
pub fn keeping_out<'a>(
    benches: &'a [Bench],
    model: &ModelRef,
    fingerprint: Option<&Fingerprint>,
    now: Timestamp,
) -> Option<&'a Bench> {
    benches
        .iter()
        .filter(|bench| bench.holds(now) && bench.scope.covers(model, fingerprint))
        .max_by_key(|bench| (!bench.may_be_probed(now), bench.until.unwrap_or(Timestamp::MAX)))
}
