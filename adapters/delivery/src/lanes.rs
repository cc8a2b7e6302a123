//! What is done in one chat, one after the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// How many chats are remembered before those in which nothing is said are forgotten.
const ROOM: usize = 1_024;

/// Whose turn it is in each chat. Those who wait get it in the order in which they came.
#[derive(Default)]
pub struct Lanes(Mutex<InUse>);

#[derive(Default)]
struct InUse {
    orders: HashMap<u64, Arc<tokio::sync::Mutex<()>>>,
    /// How many there may be before it is looked for those that can be forgotten.
    room: usize,
}

/// The turn in a chat, until it is dropped.
pub struct Turn {
    _order: OwnedMutexGuard<()>,
}

impl Lanes {
    /// Waits for the turn in `chat`.
    pub async fn turn(&self, chat: u64) -> Turn {
        let order = self.order(chat);
        Turn { _order: order.lock_owned().await }
    }

    /// The turn, where nobody has it or waits for it.
    pub fn chance(&self, chat: u64) -> Option<Turn> {
        Some(Turn { _order: self.order(chat).try_lock_owned().ok()? })
    }

    fn order(&self, chat: u64) -> Arc<tokio::sync::Mutex<()>> {
        let mut chats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(order) = chats.orders.get(&chat) {
            return Arc::clone(order);
        }
        if chats.orders.len() >= chats.room.max(ROOM) {
            chats.orders.retain(|_, order| Arc::strong_count(order) > 1);
            // Where most are in use, looking through all of them each time would be quadratic.
            chats.room = chats.orders.len() * 2;
        }
        let order = Arc::<tokio::sync::Mutex<()>>::default();
        chats.orders.insert(chat, Arc::clone(&order));
        order
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::sync::Arc;

    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn turns_are_given_in_the_order_in_which_they_were_asked_for() {
        let lanes = Arc::new(Lanes::default());
        let order = Arc::new(Mutex::new(Vec::new()));
        let first = lanes.turn(7).await;
        let mut waiting = Vec::new();
        for number in 0..20 {
            let (lanes, order) = (Arc::clone(&lanes), Arc::clone(&order));
            waiting.push(tokio::spawn(async move {
                let _turn = lanes.turn(7).await;
                order.lock().unwrap().push(number);
            }));
            yield_now().await;
        }
        assert!(lanes.chance(7).is_none() && lanes.chance(8).is_some());
        drop(first);
        assert!(lanes.chance(7).is_none(), "those who wait come first");
        for waiting in waiting {
            waiting.await.unwrap();
        }
        assert!(lanes.chance(7).is_some());
        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn chats_in_which_nothing_is_said_are_forgotten_and_others_are_not() {
        let lanes = Lanes::default();
        let held = lanes.turn(7).await;
        for chat in 100..5_000 {
            assert!(lanes.chance(chat).is_some());
        }
        assert!(lanes.0.lock().unwrap().orders.len() <= ROOM);
        assert!(lanes.chance(7).is_none(), "somebody is speaking there");
        drop(held);
    }
}
