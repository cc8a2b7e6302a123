//! The line to Discord that everything said by one account shares.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use modelpin_chat::BoxFuture;
use modelpin_delivery::{BackOff, Lanes, Turn};
use serenity::model::id::ChannelId;
use tokio::time::Instant;

use crate::api::{Api, Fault};

/// How long one call that has to be carried out may take.
const ONCE: Duration = Duration::from_secs(20);

/// How long a call that has to be carried out is tried again while Discord cannot be reached. Waiting that Discord asks
/// for does not count: nothing is given up because of it.
const ENDURANCE: Duration = Duration::from_mins(5);

/// The longest wait between two of these attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A wait that is worth a line in the log. Shorter ones are how Discord sets the pace.
const LONG: Duration = Duration::from_secs(6);

/// The calls of one account, and the order they are made in.
pub(crate) struct Line {
    pub(crate) account: String,
    pub(crate) api: Arc<dyn Api>,
    lanes: Lanes,
    /// What tells the messages of this run from those of another.
    run: u32,
    messages: AtomicU64,
}

impl Line {
    pub(crate) fn new(account: String, api: Arc<dyn Api>) -> Self {
        let random = RandomState::new().hash_one(0_u8);
        let run = u32::try_from(random >> 32).unwrap_or_default();
        Self { account, api, lanes: Lanes::default(), run, messages: AtomicU64::new(0) }
    }

    /// Waits for the turn in `channel`: turns are given in the order in which they were asked for.
    pub(crate) async fn turn(&self, channel: ChannelId) -> Turn {
        self.lanes.turn(channel.get()).await
    }

    /// The turn for one call that may as well be left out; `None` where somebody has it or waits for it.
    pub(crate) fn chance(&self, channel: ChannelId) -> Option<Turn> {
        self.lanes.chance(channel.get())
    }

    /// A mark for a new message, so that one that was carried out without an answer is not said twice: within minutes,
    /// Discord takes no second one with the same mark. At most 25 characters.
    pub(crate) fn mark(&self) -> String {
        format!("{:08x}-{:x}", self.run, self.messages.fetch_add(1, Ordering::Relaxed))
    }

    /// Makes a call until it is carried out or refused: waits as long as Discord asks, and tries again while it cannot be
    /// reached. What has no mark and was carried out without an answer is thereby said twice: better than never.
    ///
    /// `call` is given how long it may take. The turn is kept meanwhile, so nothing else in the channel gets ahead.
    pub(crate) async fn insist<'a, T>(
        &self,
        channel: ChannelId,
        _turn: &Turn,
        call: impl Fn(Duration) -> BoxFuture<'a, Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let (account, channel) = (&self.account, channel.get());
        let mut waits = BackOff::up_to(LONGEST_WAIT);
        let mut failing_since = None;
        loop {
            match call(ONCE).await {
                Err(Fault::Busy(wait)) => {
                    if wait >= LONG {
                        tracing::warn!(account, channel, ?wait, "Discord asks to wait");
                    }
                    failing_since = None;
                    waits.reset();
                    tokio::time::sleep(wait).await;
                }
                Err(Fault::Passing(why)) => {
                    let since: Instant = *failing_since.get_or_insert_with(Instant::now);
                    if since.elapsed() >= ENDURANCE {
                        tracing::error!(account, channel, why, "a message is given up and lost");
                        let minutes = ENDURANCE.as_secs() / 60;
                        return Err(Fault::Passing(format!("{why}; it was tried for {minutes} minutes")));
                    }
                    let wait = waits.longer();
                    tracing::warn!(account, channel, why, ?wait, "a message waits for Discord");
                    tokio::time::sleep(wait).await;
                }
                done @ (Ok(_) | Err(Fault::Refused { .. })) => return done,
            }
        }
    }
}
