//! How much Discord takes.
//!
//! Discord tells with each answer how many more calls of its kind it takes, and until when; beyond that it counts all of
//! a bot together. What it would not take is not sent: somebody who sends such calls again and again is locked out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio::time::Instant;

use crate::api::Route;
use crate::api::fault::seconds;

/// How many kinds of call are remembered before those that nothing is to be known of are forgotten.
const ROOM: usize = 1_024;

/// How many calls of all kinds may go out at once, and how soon one more may: never 50 in a second, which is what Discord
/// takes of a bot.
const BURST: u32 = 8;
const REFILL: Duration = Duration::from_millis(25);

/// A kind of call, as it is made.
type Kind = (Method, &'static str);

/// What Discord counts together: its own name for it where it has told one, and the number of the channel or so.
type Key = (Name, u64);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Name {
    Told(Arc<str>),
    Untold(Kind),
}

/// How much Discord takes of one account.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Discord wants to hear nothing until then.
    silent_until: Option<Instant>,
    /// When all of the burst is there again.
    full_at: Option<Instant>,
    names: HashMap<Kind, Arc<str>>,
    buckets: HashMap<Key, Bucket>,
    /// How many buckets there may be before it is looked for those that can be forgotten.
    room: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    /// How many more are taken until then; `None` where that is not known.
    left: Option<(u32, Instant)>,
    under_way: u32,
}

/// A call that is under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    limits: &'a Limits,
    kind: Kind,
    number: u64,
    key: Key,
}

impl Limits {
    /// Lets a call go, or says how long to wait before it is looked again.
    pub(crate) fn enter(&self, method: &Method, route: &Route) -> Result<Pass<'_>, Duration> {
        let (name, number) = route.counted();
        let kind = (method.clone(), name);
        let now = Instant::now();
        let mut state = self.locked();
        let key = (state.name(&kind), number);
        let bucket = state.buckets.get(&key).copied().unwrap_or_default();
        if let Some((0, until)) = bucket.left
            && until > now
        {
            return Err(until.duration_since(now));
        }
        if !route.is_of_interaction() {
            state.admit(now)?;
        }
        state.make_room(now);
        let bucket = state.buckets.entry(key.clone()).or_default();
        bucket.left = match bucket.left {
            Some((left, until)) if until > now => Some((left.saturating_sub(1), until)),
            Some(_) | None => None,
        };
        bucket.under_way = bucket.under_way.saturating_add(1);
        Ok(Pass { limits: self, kind, number, key })
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Notes what the head of an answer says of the limits. Returns how long to wait, where there was too much.
    pub(crate) fn answered(&self, status: u16, head: &HeaderMap) -> Option<Duration> {
        let now = Instant::now();
        let after = number(head, "retry-after").and_then(seconds);
        let mut state = self.limits.locked();
        if status == 429 && head.contains_key("x-ratelimit-global") {
            let until = now + after.unwrap_or(Duration::from_secs(1));
            state.silent_until = state.silent_until.max(Some(until));
            return after;
        }
        let mut key = self.key.clone();
        if let Some(told) = text(head, "x-ratelimit-bucket") {
            let told = Arc::<str>::from(told);
            key = (Name::Told(Arc::clone(&told)), self.number);
            state.names.insert(self.kind.clone(), told);
        }
        let left = if status == 429 {
            after.map(|after| (0, now + after))
        } else {
            let left = text(head, "x-ratelimit-remaining").and_then(|left| left.parse::<u32>().ok());
            let until = number(head, "x-ratelimit-reset-after").and_then(seconds);
            left.zip(until).map(|(left, until)| (left, now + until))
        };
        if let Some((left, until)) = left {
            // Those under way may be counted already, or not: rather one too few.
            let others = state.buckets.get(&key).map_or(0, |bucket| bucket.under_way);
            let others = if key == self.key { others.saturating_sub(1) } else { others };
            state.buckets.entry(key).or_default().left = Some((left.saturating_sub(others), until));
        }
        after
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.limits.locked();
        if let Some(bucket) = state.buckets.get_mut(&self.key) {
            bucket.under_way = bucket.under_way.saturating_sub(1);
        }
    }
}

impl State {
    fn name(&self, kind: &Kind) -> Name {
        self.names.get(kind).map_or_else(|| Name::Untold(kind.clone()), |told| Name::Told(Arc::clone(told)))
    }

    /// Counts one more call of the account, or says how long to wait.
    fn admit(&mut self, now: Instant) -> Result<(), Duration> {
        if let Some(until) = self.silent_until.filter(|until| *until > now) {
            return Err(until.duration_since(now));
        }
        let full_at = self.full_at.unwrap_or(now).max(now) + REFILL;
        let behind = full_at.duration_since(now);
        let most = REFILL * BURST;
        if behind > most {
            // Timers go by the millisecond: one that is too early would only be asked again.
            return Err(behind.saturating_sub(most).max(Duration::from_millis(1)));
        }
        self.full_at = Some(full_at);
        Ok(())
    }

    fn make_room(&mut self, now: Instant) {
        if self.buckets.len() < self.room.max(ROOM) {
            return;
        }
        self.buckets.retain(|_, bucket| bucket.under_way > 0 || bucket.left.is_some_and(|(_, until)| until > now));
        // Where most are in use, looking through all of them each time would be quadratic.
        self.room = self.buckets.len() * 2;
    }
}

fn text<'a>(head: &'a HeaderMap, name: &str) -> Option<&'a str> {
    head.get(name).and_then(|value| value.to_str().ok())
}

fn number(head: &HeaderMap, name: &str) -> Option<f64> {
    text(head, name).and_then(|number| number.trim().parse().ok())
}

#[cfg(test)]
mod tests;
