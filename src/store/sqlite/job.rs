//! One write on its way through the writer, and back to who asked for it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::StoreFault;
use crate::store::sqlite::cache::Effect;
use crate::store::sqlite::failure::Failure;

/// What a write did, and what is answered when that is durable.
pub(crate) type Written<T> = Result<(Effect, T), Failure>;

/// A write that waits for its turn.
pub(crate) trait Job: Send {
    /// Does it, inside the transaction of the group. Called once.
    fn run(&mut self, db: &Connection) -> Result<Effect, Failure>;

    /// Answers who asked: with what [`Job::run`] found, or with the fault that took it back.
    fn answer(self: Box<Self>, outcome: Result<(), StoreFault>);
}

/// A [`Job`] made of a closure and the way back.
pub(crate) struct Task<T, W> {
    work: Option<W>,
    value: Option<T>,
    asker: oneshot::Sender<Result<T, StoreFault>>,
}

impl<T, W> Task<T, W>
where
    T: Send,
    W: FnOnce(&Connection) -> Written<T> + Send,
{
    pub(crate) fn new(work: W) -> (Self, oneshot::Receiver<Result<T, StoreFault>>) {
        let (asker, answer) = oneshot::channel();
        (Self { work: Some(work), value: None, asker }, answer)
    }
}

impl<T, W> Job for Task<T, W>
where
    T: Send,
    W: FnOnce(&Connection) -> Written<T> + Send,
{
    fn run(&mut self, db: &Connection) -> Result<Effect, Failure> {
        let Some(work) = self.work.take() else { return Ok(Effect::Nothing) };
        // The work holds somebody else's code (what a failure makes of a bench); if that panics, the writer goes on.
        let done = catch_unwind(AssertUnwindSafe(|| work(db))).map_err(|_| Failure::Panicked)?;
        let (effect, value) = done?;
        self.value = Some(value);
        Ok(effect)
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreFault>) {
        // Whoever asked may have stopped waiting; the write stands all the same.
        match (outcome, self.value) {
            (Ok(()), Some(value)) => drop(self.asker.send(Ok(value))),
            (Err(fault), _) => drop(self.asker.send(Err(fault))),
            (Ok(()), None) => drop(self.asker),
        }
    }
}
