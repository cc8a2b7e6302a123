//! What is said in one channel, one after the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// How many channels are remembered before those in which nothing is said are forgotten.
const ROOM: usize = 1_024;

/// Whose turn it is in each channel. Those who wait get it in the order in which they came.
#[derive(Default)]
pub(super) struct Lanes(Mutex<Channels>);

#[derive(Default)]
struct Channels {
    orders: HashMap<u64, Arc<tokio::sync::Mutex<()>>>,
    /// How many there may be before it is looked for those that can be forgotten.
    room: usize,
}

/// The turn to speak in a channel, until it is dropped.
pub(crate) struct Turn {
    _order: OwnedMutexGuard<()>,
}

impl Lanes {
    pub(super) async fn turn(&self, channel: u64) -> Turn {
        let order = self.order(channel);
        Turn { _order: order.lock_owned().await }
    }

    pub(super) fn chance(&self, channel: u64) -> Option<Turn> {
        Some(Turn { _order: self.order(channel).try_lock_owned().ok()? })
    }

    fn order(&self, channel: u64) -> Arc<tokio::sync::Mutex<()>> {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(order) = channels.orders.get(&channel) {
            return Arc::clone(order);
        }
        if channels.orders.len() >= channels.room.max(ROOM) {
            channels.orders.retain(|_, order| Arc::strong_count(order) > 1);
            // Where most are in use, looking through all of them each time would be quadratic.
            channels.room = channels.orders.len() * 2;
        }
        let order = Arc::<tokio::sync::Mutex<()>>::default();
        channels.orders.insert(channel, Arc::clone(&order));
        order
    }
}
