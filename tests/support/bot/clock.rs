//! The time that the bot is told.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use modelpin::clock::Clock;

/// Begins at a fixed moment, goes on as fast as any clock, and can be put forward and set back: so that a bench of hours
/// ends at once, and a wait of one second is one of one second.
pub(crate) struct TestClock {
    started: Instant,
    ahead: Mutex<SignedDuration>,
}

impl TestClock {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), ahead: Mutex::new(SignedDuration::ZERO) }
    }

    pub(crate) fn advance(&self, by: Duration) {
        *self.ahead.lock().unwrap() += SignedDuration::try_from(by).unwrap();
    }

    pub(crate) fn set_back(&self, by: Duration) {
        *self.ahead.lock().unwrap() -= SignedDuration::try_from(by).unwrap();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let began: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        began + SignedDuration::try_from(self.started.elapsed()).unwrap() + *self.ahead.lock().unwrap()
    }
}
