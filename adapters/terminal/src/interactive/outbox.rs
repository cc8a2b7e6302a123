//! Replies to a person.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use modelpin_chat::{BoxFuture, Outbox, OutboxError, Reply, Withdrawal};
use tokio::sync::watch;

use crate::interactive::screen::Screen;
use crate::signals::raised;

/// Shows one answer, and notes its buttons.
pub(crate) struct Window<'a, W> {
    screen: &'a Mutex<Screen<W>>,
    stop: &'a watch::Sender<bool>,
    stopped: watch::Receiver<bool>,
    outcome: Mutex<Outcome>,
}

/// What an answer leaves behind.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The tokens of the buttons shown, in order.
    pub(crate) tokens: Vec<String>,
    /// Whether the message that was answered is not to be remembered.
    pub(crate) withdrawn: bool,
    /// Why the output could not be written.
    pub(crate) fault: Option<io::Error>,
}

/// The inside of a lock. No holder leaves it half changed, so one that panicked does not matter.
pub(crate) fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a, W> Window<'a, W> {
    pub(crate) fn new(
        screen: &'a Mutex<Screen<W>>,
        stop: &'a watch::Sender<bool>,
        stopped: watch::Receiver<bool>,
    ) -> Self {
        Self { screen, stop, stopped, outcome: Mutex::default() }
    }

    /// What it leaves behind.
    pub(crate) fn into_outcome(self) -> Outcome {
        self.outcome.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn done(&self, written: io::Result<()>) -> Result<(), OutboxError> {
        written.map_err(|fault| {
            let told = OutboxError(format!("the terminal cannot be written to: {fault}"));
            locked(&self.outcome).fault.get_or_insert(fault);
            // Nobody sees the answer any more, so it need not be written to its end.
            self.stop.send_replace(true);
            told
        })
    }
}

impl<W: Write + Send> Outbox for Window<'_, W> {
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        let tokens = reply.choices.iter().flatten().map(|choice| choice.token.clone());
        let first_button = {
            let mut outcome = locked(&self.outcome);
            let first = outcome.tokens.len() + 1;
            outcome.tokens.extend(tokens);
            first
        };
        let written = locked(self.screen).reply(&reply, first_button);
        Box::pin(std::future::ready(self.done(written)))
    }

    fn draft<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), OutboxError>> {
        let written = locked(self.screen).draft(text);
        Box::pin(std::future::ready(self.done(written)))
    }

    fn typing(&self) -> BoxFuture<'_, ()> {
        // A fault shows itself again, and is told, with the answer.
        let _ = self.done(locked(self.screen).typing());
        Box::pin(std::future::ready(()))
    }

    /// What was typed stays on the screen of whoever typed it; it is not offered to them again.
    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        locked(&self.outcome).withdrawn = true;
        Box::pin(std::future::ready(Ok(Withdrawal::Impossible)))
    }

    fn stopped(&self) -> BoxFuture<'_, ()> {
        Box::pin(raised(self.stopped.clone()))
    }
}
