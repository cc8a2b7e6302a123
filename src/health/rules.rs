//! What a failure benches, and for how long.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::catalog::ModelRef;
use crate::config::Cooldowns;
use crate::health::{Bench, BenchScope, FailureClass};
use crate::profile::Fingerprint;

/// Rate limits that name no time of their own.
const RATE_LIMIT_LADDER: [Duration; 3] = [Duration::from_secs(30), Duration::from_mins(1), Duration::from_mins(5)];

/// A rate limit that strikes again so soon after its bench ended climbs to the next rung.
const RATE_LIMIT_MEMORY: Duration = Duration::from_mins(5);

/// Trouble that is the provider's own. Shorter than `resolver::BOUNDED_WAIT`, so that one hiccup makes the
/// next message wait a little instead of being refused.
const PROVIDER_TROUBLE: Duration = Duration::from_secs(10);

/// The longest wait that a provider can ask for: beyond it, a wrong header would bench a credential for good.
const LONGEST_REQUESTED: Duration = Duration::from_hours(24 * 7);

/// One failed request, as far as benches are concerned.
#[derive(Debug, Clone)]
pub struct Strike {
    /// The model that was asked.
    pub model: ModelRef,
    /// The credential that was on the wire, if any.
    pub fingerprint: Option<Fingerprint>,
    /// The class of the failure.
    pub class: FailureClass,
    /// How long the provider asked to wait.
    pub retry_after: Option<Duration>,
    /// When it failed.
    pub at: Timestamp,
}

impl Strike {
    /// What is benched for it; `None` when only this turn is to blame.
    pub fn scope(&self) -> Option<BenchScope> {
        let provider = self.model.provider.clone();
        let (fingerprint, model) = match self.class {
            FailureClass::RateLimit => (self.fingerprint.clone(), Some(self.model.model.clone())),
            FailureClass::AccountLimit
            | FailureClass::Billing
            | FailureClass::Auth
            | FailureClass::NeedsLogin
            | FailureClass::NotRenewed
            | FailureClass::ClientOnly => {
                // Without a credential there is nothing to bench: the provider wants one, and the answer says so.
                (Some(self.fingerprint.clone()?), None)
            }
            FailureClass::Overloaded | FailureClass::Server | FailureClass::Timeout => {
                (None, Some(self.model.model.clone()))
            }
            FailureClass::Malformed | FailureClass::ContextOverflow | FailureClass::ModelNotFound => return None,
        };
        Some(BenchScope { provider, fingerprint, model })
    }

    /// The bench of `scope` after this strike, given the one before it.
    pub fn bench(&self, scope: BenchScope, previous: Option<&Bench>, cooldowns: &Cooldowns) -> Bench {
        let asked = self.retry_after.map(|wait| later(self.at, wait.min(LONGEST_REQUESTED)));
        if let Some(active) = previous.filter(|bench| bench.holds(self.at) && !self.refutes(bench)) {
            // A request made inside an active window does not climb the ladder, so that eight failures in parallel
            // count as one; but a later deadline that the provider itself names is believed.
            let until = match (active.until, asked) {
                (Some(old), Some(new)) => Some(old.max(new)),
                (old, _) => old,
            };
            return Bench { until, since: self.at, ..active.clone() };
        }
        let strikes = previous.filter(|bench| self.follows(bench, cooldowns)).map_or(1, |bench| bench.strikes + 1);
        let until = match self.class {
            FailureClass::Auth | FailureClass::NeedsLogin | FailureClass::ClientOnly => None,
            FailureClass::Billing => Some(asked.unwrap_or_else(|| later(self.at, billing(strikes, cooldowns)))),
            FailureClass::RateLimit | FailureClass::AccountLimit => {
                Some(asked.unwrap_or_else(|| later(self.at, rate_limit(strikes))))
            }
            FailureClass::NotRenewed
            | FailureClass::Overloaded
            | FailureClass::Server
            | FailureClass::Timeout
            | FailureClass::Malformed
            | FailureClass::ContextOverflow
            | FailureClass::ModelNotFound => Some(asked.unwrap_or_else(|| later(self.at, PROVIDER_TROUBLE))),
        };
        Bench { scope, class: self.class, strikes, since: self.at, until }
    }

    /// Whether this strike says that the credential as a whole is out for another reason than the active bench has it:
    /// a key that was refused is taken again and cannot pay, say. The bench would then end for the wrong reason, or never.
    fn refutes(&self, active: &Bench) -> bool {
        active.scope.fingerprint.is_some() && active.scope.model.is_none() && active.class != self.class
    }

    /// Whether this strike comes in a row with the ended bench `before`.
    fn follows(&self, before: &Bench, cooldowns: &Cooldowns) -> bool {
        let memory = match self.class {
            FailureClass::RateLimit | FailureClass::AccountLimit => RATE_LIMIT_MEMORY,
            FailureClass::Billing => hours(cooldowns.failure_window_hours),
            FailureClass::Auth
            | FailureClass::NeedsLogin
            | FailureClass::NotRenewed
            | FailureClass::ClientOnly
            | FailureClass::Overloaded
            | FailureClass::Server
            | FailureClass::Timeout
            | FailureClass::Malformed
            | FailureClass::ContextOverflow
            | FailureClass::ModelNotFound => return false,
        };
        before.class == self.class && before.until.is_some_and(|until| self.at <= later(until, memory))
    }
}

fn rate_limit(strikes: u32) -> Duration {
    let rung = usize::try_from(strikes.saturating_sub(1)).unwrap_or(usize::MAX);
    RATE_LIMIT_LADDER.get(rung).copied().unwrap_or(Duration::from_mins(5))
}

fn billing(strikes: u32, cooldowns: &Cooldowns) -> Duration {
    let doubled = cooldowns.billing_backoff_hours * f64::from(2_u32.saturating_pow(strikes.saturating_sub(1).min(10)));
    hours(doubled.min(cooldowns.billing_max_hours))
}

fn hours(hours: f64) -> Duration {
    Duration::try_from_secs_f64(hours.max(0.0) * 3600.0).unwrap_or(LONGEST_REQUESTED)
}

fn later(from: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| from.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn strike(class: FailureClass, at: i64, retry_after: Option<u64>) -> Strike {
        Strike {
            model: "anthropic/claude-opus-4-6".parse().unwrap(),
            fingerprint: Some(Fingerprint::from_stored("aaaa")),
            class,
            retry_after: retry_after.map(Duration::from_secs),
            at: Timestamp::from_second(at).unwrap(),
        }
    }

    fn bench(strike: &Strike, previous: Option<&Bench>) -> Bench {
        strike.bench(strike.scope().unwrap(), previous, &Cooldowns::default())
    }

    fn ends(bench: &Bench) -> i64 {
        bench.until.unwrap().as_second()
    }

    #[test]
    fn each_class_benches_what_it_says() {
        let scope =
            |class| strike(class, 0, None).scope().map(|scope| (scope.fingerprint.is_some(), scope.model.is_some()));
        assert_eq!(scope(FailureClass::RateLimit), Some((true, true)));
        assert_eq!(scope(FailureClass::AccountLimit), Some((true, false)));
        assert_eq!(scope(FailureClass::Billing), Some((true, false)));
        assert_eq!(scope(FailureClass::Auth), Some((true, false)));
        assert_eq!(scope(FailureClass::ClientOnly), Some((true, false)));
        assert_eq!(scope(FailureClass::Overloaded), Some((false, true)));
        assert_eq!(scope(FailureClass::Server), Some((false, true)));
        assert_eq!(scope(FailureClass::Timeout), Some((false, true)));
        assert_eq!(scope(FailureClass::Malformed), None);
        assert_eq!(scope(FailureClass::ContextOverflow), None);
        assert_eq!(scope(FailureClass::ModelNotFound), None);
    }

    #[test]
    fn rate_limits_climb_only_after_the_window_has_ended() {
        let first = bench(&strike(FailureClass::RateLimit, 0, None), None);
        assert_eq!(ends(&first), 30);
        let inside = bench(&strike(FailureClass::RateLimit, 10, None), Some(&first));
        assert_eq!((ends(&inside), inside.strikes), (30, 1), "a request inside the window changes nothing");
        let second = bench(&strike(FailureClass::RateLimit, 31, None), Some(&inside));
        assert_eq!(ends(&second), 31 + 60);
        let third = bench(&strike(FailureClass::RateLimit, 92, None), Some(&second));
        assert_eq!(ends(&third), 92 + 300);
        let fourth = bench(&strike(FailureClass::RateLimit, 393, None), Some(&third));
        assert_eq!(ends(&fourth), 393 + 300, "the last rung is the longest");
        let much_later = bench(&strike(FailureClass::RateLimit, 10_000, None), Some(&fourth));
        assert_eq!(ends(&much_later), 10_030, "old trouble is forgotten");
    }

    #[test]
    fn the_providers_own_deadline_wins_and_the_later_of_two_stands() {
        let first = bench(&strike(FailureClass::RateLimit, 0, Some(7)), None);
        assert_eq!(ends(&first), 7);
        let longer = bench(&strike(FailureClass::RateLimit, 1, Some(600)), Some(&first));
        assert_eq!(ends(&longer), 601);
        let shorter = bench(&strike(FailureClass::RateLimit, 2, Some(5)), Some(&longer));
        assert_eq!(ends(&shorter), 601);
    }

    #[test]
    fn billing_doubles_to_its_cap() {
        let mut previous = None;
        let mut at = 0;
        let mut hours = Vec::new();
        for _ in 0..4 {
            let next = bench(&strike(FailureClass::Billing, at, None), previous.as_ref());
            hours.push((ends(&next) - at) / 3600);
            at = ends(&next) + 1;
            previous = Some(next);
        }
        assert_eq!(hours, [5, 10, 20, 24]);
    }

    #[test]
    fn a_refused_credential_stays_out_until_its_secret_changes() {
        let out = bench(&strike(FailureClass::Auth, 0, Some(3)), None);
        assert_eq!(out.until, None);
        let model = "anthropic/claude-haiku-4-5".parse().unwrap();
        assert!(out.scope.covers(&model, Some(&Fingerprint::from_stored("aaaa"))));
        assert!(!out.scope.covers(&model, Some(&Fingerprint::from_stored("bbbb"))), "a new secret starts clean");
    }

    #[test]
    fn another_reason_found_inside_a_window_takes_its_place() {
        let refused = bench(&strike(FailureClass::Auth, 0, None), None);
        let unpaid = bench(&strike(FailureClass::Billing, 10, None), Some(&refused));
        assert_eq!((unpaid.class, ends(&unpaid)), (FailureClass::Billing, 10 + 5 * 3600), "it would never have ended");
        let spent = bench(&strike(FailureClass::AccountLimit, 20, Some(60)), Some(&unpaid));
        assert_eq!((spent.class, ends(&spent)), (FailureClass::AccountLimit, 80));
        let refused_again = bench(&strike(FailureClass::Auth, 30, None), Some(&spent));
        assert_eq!((refused_again.class, refused_again.until), (FailureClass::Auth, None));
    }

    #[test]
    fn a_providers_trouble_is_short_and_does_not_escalate() {
        let first = bench(&strike(FailureClass::Overloaded, 0, None), None);
        let second = bench(&strike(FailureClass::Overloaded, 11, None), Some(&first));
        assert_eq!((ends(&first), ends(&second)), (10, 21));
    }
}
