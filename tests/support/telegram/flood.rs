//! How fast a bot may write.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

/// How fast a bot may write. Edits count like messages; presses are answered, menus set and typing shown for nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// One second for each message in a chat, and so many at once after a rest.
    pub(crate) burst: u32,
    /// In any minute, in a chat of many.
    pub(crate) group_per_minute: usize,
    /// In any second, over all chats.
    pub(crate) per_second: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { burst: 5, group_per_minute: 20, per_second: 30 }
    }
}

/// What each bot has written lately.
#[derive(Debug, Default)]
pub(crate) struct Flood {
    pub(crate) limits: Option<Limits>,
    bots: HashMap<i64, VecDeque<Duration>>,
    chats: HashMap<(i64, i64), Pace>,
    /// How often somebody was told to wait and did not.
    pub(crate) impatience: usize,
    /// How often somebody was told to wait because of these limits.
    pub(crate) overruns: usize,
}

#[derive(Debug, Default)]
struct Pace {
    /// When the bucket of the chat is full again.
    full: Duration,
    lately: VecDeque<Duration>,
    /// Nothing is taken before that.
    closed: Duration,
}

impl Flood {
    pub(crate) fn with(limits: Limits) -> Self {
        Self { limits: Some(limits), ..Self::default() }
    }

    /// Takes a message, or says how long to wait.
    pub(crate) fn admit(&mut self, bot: i64, chat: i64, many: bool, now: Duration) -> Result<(), Duration> {
        let pace = self.chats.entry((bot, chat)).or_default();
        if now < pace.closed {
            self.impatience += 1;
            return Err(pace.closed.checked_sub(now).unwrap());
        }
        let Some(limits) = self.limits else { return Ok(()) };
        let all = self.bots.entry(bot).or_default();
        all.retain(|moment| *moment + SECOND > now);
        pace.lately.retain(|moment| *moment + MINUTE > now);
        let mut wait = Duration::ZERO;
        if all.len() >= limits.per_second {
            wait = wait.max((all[all.len() - limits.per_second] + SECOND).checked_sub(now).unwrap());
        }
        if many && pace.lately.len() >= limits.group_per_minute {
            wait =
                wait.max((pace.lately[pace.lately.len() - limits.group_per_minute] + MINUTE).checked_sub(now).unwrap());
        }
        let full = pace.full.max(now) + SECOND;
        wait = wait.max(full.checked_sub(now).unwrap().saturating_sub(SECOND * limits.burst));
        if wait.is_zero() {
            pace.full = full;
            pace.lately.push_back(now);
            all.push_back(now);
            return Ok(());
        }
        self.overruns += 1;
        let wait = Duration::from_secs(wait.as_millis().div_ceil(1_000).max(1) as u64);
        pace.closed = now + wait;
        Err(wait)
    }

    /// No chat is closed any more.
    pub(crate) fn open_all(&mut self) {
        self.chats.values_mut().for_each(|pace| pace.closed = Duration::ZERO);
    }

    /// Has that chat closed for so long.
    pub(crate) fn close(&mut self, bot: i64, chat: i64, now: Duration, wait: Duration) {
        let pace = self.chats.entry((bot, chat)).or_default();
        pace.closed = pace.closed.max(now + wait);
    }
}
