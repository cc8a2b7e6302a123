//! What is said in one chat, one after the other.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, sleep_until};

use crate::pace::meter::Meter;

/// The order and the pace of one chat.
pub(crate) struct Lane {
    /// Whose turn it is. Those who wait get it in the order in which they came.
    order: Arc<tokio::sync::Mutex<()>>,
    meter: Meter,
    /// Until when Telegram wants to hear nothing in this chat.
    held: Mutex<Option<Instant>>,
}

impl Lane {
    /// The lane of a chat by Telegram's id of it: people have positive ones, groups and channels negative ones.
    pub(crate) fn new(chat: i64) -> Self {
        // A short burst is taken anywhere. In groups, 3 at once and one each 3.6 s are never 20 in a minute. Elsewhere a
        // second is a little longer than a second, for some messages are longer on the way than others.
        let refill = Duration::from_millis(if chat < 0 { 3_600 } else { 1_050 });
        Self { order: Arc::default(), meter: Meter::new(3, refill), held: Mutex::default() }
    }

    /// Nothing is said for `wait` from now on.
    pub(crate) fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none_or(|before| before < until) {
            *held = Some(until);
        }
    }

    pub(crate) fn is_held(&self) -> bool {
        self.held_until().is_some()
    }

    /// Whether a new one would be the same.
    pub(crate) fn is_fresh(&self) -> bool {
        !self.is_held() && self.meter.is_full()
    }

    fn held_until(&self) -> Option<Instant> {
        let held = *self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.filter(|until| *until > Instant::now())
    }
}

/// The turn to speak in a chat, until it is dropped.
pub(crate) struct Turn {
    lane: Arc<Lane>,
    account: Arc<Meter>,
    _order: OwnedMutexGuard<()>,
}

impl Turn {
    pub(crate) async fn wait(lane: Arc<Lane>, account: Arc<Meter>) -> Self {
        let order = Arc::clone(&lane.order).lock_owned().await;
        Self { lane, account, _order: order }
    }

    /// The turn for one call, if nobody has it or waits for it and what comes after would not have to wait.
    pub(crate) fn take(lane: Arc<Lane>, account: Arc<Meter>) -> Option<Self> {
        let order = Arc::clone(&lane.order).try_lock_owned().ok()?;
        // The account is only looked at first: what a chat without room asks for again and again must cost it nothing.
        let has_room = !lane.is_held() && account.left() >= 2 && lane.meter.take_spare() && account.take_spare();
        has_room.then_some(Self { lane, account, _order: order })
    }

    /// Waits until one more call may be made.
    pub(crate) async fn admitted(&self) {
        while let Some(until) = self.lane.held_until() {
            sleep_until(until).await;
        }
        self.lane.meter.admit().await;
        self.account.admit().await;
    }
}
