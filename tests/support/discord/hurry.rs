//! Having time go by faster for everybody.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::support::discord::DiscordFake;

/// How long everybody may work before the next step.
const BREATH: Duration = Duration::from_millis(1);

/// Time goes by faster, until this is dropped.
pub(crate) struct Hurry {
    steps: JoinHandle<()>,
    /// While a thread waits for this, the runtime does not take itself for idle.
    _busy: Sender<()>,
}

impl DiscordFake {
    /// Puts the time of the fake and that of the runtime, which has to be paused, forward by `step` each millisecond.
    pub(crate) fn hurry(&self, step: Duration) -> Hurry {
        self.shared.clock.hold();
        let shared = Arc::clone(&self.shared);
        let (busy, idle) = channel::<()>();
        drop(tokio::task::spawn_blocking(move || idle.recv()));
        let steps = tokio::spawn(async move {
            loop {
                tokio::task::spawn_blocking(|| std::thread::sleep(BREATH)).await.unwrap();
                // The fake first: nobody is to come earlier than its limits allow because its clock is behind.
                shared.clock.advance(step);
                tokio::time::advance(step).await;
            }
        });
        Hurry { steps, _busy: busy }
    }
}

impl Drop for Hurry {
    fn drop(&mut self) {
        self.steps.abort();
    }
}
