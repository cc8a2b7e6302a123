//! Everything that was logged, at the most talkative level.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing::Dispatch;
use tracing::dispatcher;
use tracing_subscriber::fmt::MakeWriter;

/// A log in memory.
#[derive(Clone)]
pub(crate) struct Log {
    bytes: Pages,
    dispatch: Dispatch,
}

#[derive(Clone, Default)]
struct Pages(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn new() -> Self {
        let bytes = Pages::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(bytes.clone())
            .finish();
        Self { bytes, dispatch: Dispatch::new(subscriber) }
    }

    /// Logs here what `work` logs on this thread.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        dispatcher::with_default(&self.dispatch, work)
    }

    /// Logs here what this thread logs, for as long as it lives.
    pub(crate) fn adopt_thread(&self) {
        std::mem::forget(dispatcher::set_default(&self.dispatch));
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.bytes.0.lock().unwrap().clone()
    }
}

impl Write for Pages {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Pages {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
