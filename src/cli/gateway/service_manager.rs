//! What the service manager is told: that the gateway is ready, how it stands, that it lives, and that it ends.
//!
//! Where there is none, nobody is told.

use std::time::Duration;

use sd_notify::NotifyState;

use crate::redact::scrub;

/// The longest status, in characters.
const LONGEST: usize = 300;

/// Says that it serves.
pub(crate) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// Says how it stands.
pub(crate) fn status(text: &str) {
    let line: String = scrub(text).chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    tell(&[NotifyState::Status(&line)]);
}

/// Says that it lives.
pub(crate) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// Says that it ends.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// How often it has to say that it lives: half of what it is given; `None` where nobody listens for it.
pub(crate) fn pulse() -> Option<Duration> {
    let mut given = 0;
    sd_notify::watchdog_enabled(false, &mut given)
        .then(|| Duration::from_micros(given) / 2)
        .filter(|pulse| !pulse.is_zero())
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(fault) = sd_notify::notify(false, states) {
        tracing::debug!(%fault, "the service manager was not told");
    }
}
