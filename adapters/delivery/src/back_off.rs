//! Waiting longer from one failure to the next.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

/// The first wait, before its jitter.
const FIRST: Duration = Duration::from_secs(1);

/// The waits between attempts: doubling, each lengthened by up to as much again at random, so that not everybody who
/// waits for the same thing comes back at the same moment.
pub struct BackOff {
    plan: ExponentialBuilder,
    waits: ExponentialBackoff,
    longest: Duration,
}

impl BackOff {
    /// From a second up to `longest`.
    pub fn up_to(longest: Duration) -> Self {
        let plan = ExponentialBuilder::new()
            .with_min_delay(FIRST)
            .with_max_delay(longest / 2)
            .without_max_times()
            .with_jitter();
        Self { plan, waits: plan.build(), longest }
    }

    /// How long to wait after one more failure.
    pub fn longer(&mut self) -> Duration {
        self.waits.next().unwrap_or(self.longest)
    }

    /// It went well: the next failure is a first one.
    pub fn reset(&mut self) {
        self.waits = self.plan.build();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_begin_anew() {
        let longest = Duration::from_secs(30);
        let mut waits = BackOff::up_to(longest);
        for _ in 0..3 {
            let mut least = FIRST;
            for _ in 0..40 {
                let wait = waits.longer();
                assert!(wait >= least && wait <= longest && wait <= least * 2, "{wait:?} where {least:?} is the least");
                least = (least * 2).min(longest / 2);
            }
            waits.reset();
        }
    }

    #[test]
    fn no_two_wait_alike() {
        let mut waits: Vec<Duration> = (0..50).map(|_| BackOff::up_to(Duration::from_secs(30)).longer()).collect();
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 40, "{waits:?}");
    }
}
