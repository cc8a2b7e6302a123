//! What reaches the program besides its input: Ctrl-C, and the wish that it ends.

use std::io;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

/// Something the program is told from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// End as soon as what is under way is done.
    Terminate,
}

/// The signals as they come in.
#[derive(Debug)]
pub struct Signals(UnboundedReceiver<Signal>);

impl Signals {
    /// Those that the operating system sends to this process. From here on they no longer end it by themselves.
    ///
    /// # Errors
    /// The operating system does not let the process listen.
    ///
    /// # Panics
    /// Outside of a tokio runtime that drives I/O.
    #[cfg(unix)]
    pub fn of_process() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let (sender, signals) = Self::channel();
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hangup = signal(SignalKind::hangup())?;
        tokio::spawn(async move {
            loop {
                let signal = tokio::select! {
                    _ = interrupt.recv() => Signal::Interrupt,
                    _ = terminate.recv() => Signal::Terminate,
                    _ = hangup.recv() => Signal::Terminate,
                };
                if sender.send(signal).is_err() {
                    return;
                }
            }
        });
        Ok(signals)
    }

    /// Those that the operating system sends to this process. From here on they no longer end it by themselves.
    ///
    /// # Errors
    /// The operating system does not let the process listen.
    #[cfg(not(unix))]
    pub fn of_process() -> io::Result<Self> {
        let (sender, signals) = Self::channel();
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() && sender.send(Signal::Interrupt).is_ok() {}
        });
        Ok(signals)
    }

    /// Signals that are sent by hand. When the sender is dropped, no more come, and nothing ends.
    #[must_use]
    pub fn channel() -> (UnboundedSender<Signal>, Self) {
        let (sender, receiver) = unbounded_channel();
        (sender, Self(receiver))
    }

    /// The next one; never, when none can come any more.
    pub(crate) async fn next(&mut self) -> Signal {
        match self.0.recv().await {
            Some(signal) => signal,
            None => std::future::pending().await,
        }
    }

    /// Waits until the program is to end. What an interrupt means there is up to the caller.
    pub(crate) async fn end(&mut self, interrupt_ends: bool) {
        loop {
            match self.next().await {
                Signal::Terminate => return,
                Signal::Interrupt if interrupt_ends => return,
                Signal::Interrupt => {}
            }
        }
    }
}

/// Returns when `flag` is raised; never, when nobody can raise it any more.
pub(crate) async fn raised(mut flag: watch::Receiver<bool>) {
    if flag.wait_for(|raised| *raised).await.is_err() {
        std::future::pending::<()>().await;
    }
}
