//! What the operating system tells the gateway.

use std::io;

/// Something the gateway is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// End, as soon as what is under way is done.
    End,
    /// Look at the configuration now.
    Look,
}

/// The signals as they come in.
#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Those of this process. From here on they no longer end it by themselves.
    ///
    /// # Errors
    /// The operating system does not let it listen.
    pub(crate) fn of_process() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// The next one.
    pub(crate) async fn next(&mut self) -> Signal {
        tokio::select! {
            Some(()) = self.interrupt.recv() => Signal::End,
            Some(()) = self.terminate.recv() => Signal::End,
            Some(()) = self.hangup.recv() => Signal::Look,
            else => std::future::pending().await,
        }
    }
}

/// The signals as they come in.
#[cfg(not(unix))]
pub(crate) struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Those of this process. From here on they no longer end it by themselves.
    ///
    /// # Errors
    /// None.
    pub(crate) fn of_process() -> io::Result<Self> {
        Ok(Self)
    }

    /// The next one.
    pub(crate) async fn next(&mut self) -> Signal {
        if tokio::signal::ctrl_c().await.is_ok() { Signal::End } else { std::future::pending().await }
    }
}
