//! A measure that fills up again.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

/// tokio's time, which tests can stop and move on.
#[derive(Debug, Clone, Copy)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}

/// Lets through so many at once, and one more each time the refill has passed.
pub(crate) struct Meter {
    limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, StateInformationMiddleware>,
    burst: u32,
    refill: Duration,
    /// What was left after the last one that was let through, and when that was.
    last: Mutex<Option<(u32, Instant)>>,
}

impl Meter {
    pub(crate) fn new(burst: u32, refill: Duration) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(refill).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN)).allow_burst(burst);
        let limiter = RateLimiter::direct_with_clock(quota, TokioClock).with_middleware();
        Self { limiter, burst: burst.get(), refill, last: Mutex::default() }
    }

    /// Waits until one more is let through.
    pub(crate) async fn admit(&self) {
        loop {
            match self.limiter.check() {
                Ok(state) => {
                    *self.last.lock().unwrap_or_else(PoisonError::into_inner) =
                        Some((state.remaining_burst_capacity(), Instant::now()));
                    return;
                }
                Err(not_yet) => {
                    let wait = not_yet.wait_time_from(TokioClock.now());
                    // Timers go by the millisecond: one that is too early would only be asked again.
                    tokio::time::sleep(wait.max(Duration::from_millis(1))).await;
                }
            }
        }
    }

    /// How many would be let through at once now.
    pub(crate) fn left(&self) -> u32 {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((left, at)) = last else { return self.burst };
        let refilled = at.elapsed().as_nanos() / self.refill.as_nanos().max(1);
        left.saturating_add(u32::try_from(refilled).unwrap_or(u32::MAX)).min(self.burst)
    }

    /// Lets one through if another one could follow at once.
    pub(crate) fn take_spare(&self) -> bool {
        if self.left() < 2 {
            return false;
        }
        let Ok(state) = self.limiter.check() else { return false };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((state.remaining_burst_capacity(), Instant::now()));
        true
    }

    /// Whether it is as if nothing had ever been let through.
    pub(crate) fn is_full(&self) -> bool {
        self.left() >= self.burst
    }
}
