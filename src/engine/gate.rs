//! The order of one session: what is written first is carried out first.
//!
//! Whoever is handed an event passes the gate of its session. A command stands in it until it is carried out, so that the
//! next command, and the next message, find what it made. A message only passes through, into the queue for the turn:
//! turns are long, and no command waits for one.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use crate::engine::queues::{Place, Queues};
use crate::session::SessionKey;

/// How long those wait who change nothing. A disk that hangs keeps a command in the gate for as long as it hangs, and
/// what is chosen can be seen all the same.
const PATIENCE: Duration = Duration::from_millis(700);

/// The gates of all sessions.
#[derive(Default)]
pub(super) struct Gate(Arc<Queues>);

/// The right to stand in a gate, until it is given on. Without a place it stands for who has no need to wait.
#[derive(Default)]
pub(super) struct Pass(Mutex<Option<Place>>);

impl Gate {
    /// Waits for all who came before.
    pub(super) async fn enter(&self, key: &SessionKey) -> Pass {
        Pass(Mutex::new(Some(self.0.place(key).await)))
    }

    /// Waits for all who came before, but not for long.
    pub(super) async fn look_in(&self, key: &SessionKey) -> Pass {
        let place = tokio::time::timeout(PATIENCE, self.0.place(key)).await;
        if place.is_err() {
            tracing::warn!(session.key = %key, "what was written before is not carried out yet; what is chosen is shown without it");
        }
        Pass(Mutex::new(place.ok()))
    }
}

impl Pass {
    /// Lets the next one in.
    pub(super) fn give_on(&self) {
        let place = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(place);
    }

    /// Whether it has a place in the gate.
    pub(super) fn is_held(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

/// Begins `future`, and says what it came to if it came to an end at once.
///
/// What is begun stands in its queue, so the gate can be given on without anybody overtaking.
pub(super) async fn begun<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|context| {
        Poll::Ready(match future.as_mut().poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}
