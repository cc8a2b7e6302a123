//! The time at the fake.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// When the fake began, in seconds since 1970: 2026-11-20 at noon, when the clock of the tests begins.
const BEGAN: i64 = 1_795_176_000;

/// Time since the fake began. It goes by as fast as any clock, unless it is held, and can be put forward.
pub(crate) struct Clock {
    started: Instant,
    state: Mutex<State>,
}

struct State {
    ahead: Duration,
    held: Option<Duration>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), state: Mutex::new(State { ahead: Duration::ZERO, held: None }) }
    }

    pub(crate) fn now(&self) -> Duration {
        let state = self.state.lock().unwrap();
        state.held.unwrap_or_else(|| self.started.elapsed()) + state.ahead
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.state.lock().unwrap().ahead += by;
    }

    pub(crate) fn hold(&self) {
        self.state.lock().unwrap().held.get_or_insert(self.started.elapsed());
    }

    /// How long one has to wait for that moment, if it comes by itself.
    pub(crate) fn until(&self, moment: Duration) -> Option<Duration> {
        let held = self.state.lock().unwrap().held.is_some();
        (!held).then(|| moment.saturating_sub(self.now()))
    }
}

/// As Telegram writes that moment.
pub(crate) fn unix(moment: Duration) -> i64 {
    BEGAN + moment.as_secs() as i64
}
