//! How fast may be spoken, and in which order.
//!
//! Telegram takes about one message a second in a chat, twenty a minute in a group, and thirty a second from a bot. What
//! has to be said waits its turn; what may as well be left out (a draft, the sign that the bot is writing) is said only
//! where it takes nothing away from what has to be said.

mod lane;
mod meter;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::pace::lane::Lane;
use crate::pace::meter::Meter;

pub(crate) use crate::pace::lane::Turn;

/// How many chats are remembered before those that nothing is to be known of are forgotten.
const ROOM: usize = 1_024;

/// The pace of one account.
pub(crate) struct Pace {
    account: Arc<Meter>,
    chats: Mutex<Chats>,
    /// How often Telegram has asked to wait.
    asked_to_wait: AtomicU64,
}

#[derive(Default)]
struct Chats {
    lanes: HashMap<i64, Arc<Lane>>,
    /// Where groups have gone that became supergroups.
    moved: HashMap<i64, i64>,
    /// How many there may be before it is looked for those that can be forgotten.
    room: usize,
}

impl Pace {
    pub(crate) fn new() -> Self {
        // 5 at once and 24 a second are never 30 in a second, even where some were longer on the way than others.
        let account = Arc::new(Meter::new(5, Duration::from_millis(42)));
        Self { account, chats: Mutex::default(), asked_to_wait: AtomicU64::new(0) }
    }

    /// Waits for the turn in `chat`: turns are given in the order in which they were asked for. Where the group has
    /// moved, it is that of where it is now.
    pub(crate) async fn turn(&self, chat: i64) -> Turn {
        let lane = self.lane(self.whereabouts(chat));
        Turn::wait(lane, Arc::clone(&self.account)).await
    }

    /// The turn for one call that may as well be left out; `None` where there is no room for it now.
    pub(crate) fn chance(&self, chat: i64) -> Option<Turn> {
        let lane = self.lane(self.whereabouts(chat));
        Turn::take(lane, Arc::clone(&self.account))
    }

    /// Whether there is room for a call that Telegram does not count as a message.
    pub(crate) fn has_room(&self, chat: i64) -> bool {
        !self.lane(self.whereabouts(chat)).is_held() && self.account.take_spare()
    }

    /// Telegram has asked to wait in `chat`. Returns how often it has done so.
    pub(crate) fn asked_to_wait(&self, chat: i64, wait: Duration) -> u64 {
        self.lane(self.whereabouts(chat)).hold(wait);
        self.asked_to_wait.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Where `chat` is now.
    pub(crate) fn whereabouts(&self, chat: i64) -> i64 {
        self.locked().moved.get(&chat).copied().unwrap_or(chat)
    }

    /// The group `from` is the supergroup `to` from now on.
    pub(crate) fn moved(&self, from: i64, to: i64) {
        self.locked().moved.insert(from, to);
    }

    fn lane(&self, chat: i64) -> Arc<Lane> {
        let mut chats = self.locked();
        if let Some(lane) = chats.lanes.get(&chat) {
            return Arc::clone(lane);
        }
        if chats.lanes.len() >= chats.room.max(ROOM) {
            chats.lanes.retain(|_, lane| Arc::strong_count(lane) > 1 || !lane.is_fresh());
            // Where most are in use, looking through all of them each time would be quadratic.
            chats.room = chats.lanes.len() * 2;
        }
        let lane = Arc::new(Lane::new(chat));
        chats.lanes.insert(chat, Arc::clone(&lane));
        lane
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Chats> {
        self.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
