//! How an account stands whose shards stand each for itself.

use std::sync::{Arc, Mutex, PoisonError};

use modelpin_delivery::{Link, Standing};

/// The connections of the shards that are served here. The account is up when all of them are.
pub(crate) struct Links {
    standing: Arc<Standing>,
    up: Mutex<Vec<bool>>,
}

impl Links {
    /// Of so many shards, none of which is up.
    pub(crate) fn new(standing: Arc<Standing>, shards: u32) -> Self {
        let shards = usize::try_from(shards).unwrap_or(usize::MAX);
        Self { standing, up: Mutex::new(vec![false; shards]) }
    }

    /// The shard at `place` is let in.
    pub(crate) fn up(&self, place: usize) {
        if self.set(place, true) {
            self.standing.is(Link::Up);
        }
    }

    /// The shard at `place` has no connection. Says why.
    pub(crate) fn down(&self, place: usize, why: &str) {
        self.set(place, false);
        self.standing.is(Link::Down(why.to_owned()));
    }

    /// Whether all are up now.
    fn set(&self, place: usize, is_up: bool) -> bool {
        let mut up = self.up.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = up.get_mut(place) {
            *one = is_up;
        }
        up.iter().all(|up| *up)
    }
}
