//! The one place that prints.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::failure::Failure;

/// Standard output, which is data, and standard error, which is talk.
pub(crate) struct Output {
    data: Box<dyn Write>,
    talk: Box<dyn Write>,
}

impl Output {
    /// Those of the process.
    pub(crate) fn of_process() -> Self {
        Self { data: Box::new(io::stdout()), talk: Box::new(io::stderr()) }
    }

    /// Prints data as it is. A reader that is gone wants no more, which is not a failure.
    pub(crate) fn data(&mut self, text: &str) -> Result<(), Failure> {
        match self.data.write_all(text.as_bytes()).and_then(|()| self.data.flush()) {
            Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::Unexpected(format!("standard output cannot be written: {fault}")))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Prints data as JSON, and a line feed.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(|fault| Failure::Unexpected(fault.to_string()))?;
        self.data(&(text + "\n"))
    }

    /// Tells the person something, on lines of its own. With nobody there to read it, it is lost.
    pub(crate) fn talk(&mut self, text: &str) {
        let _ = writeln!(self.talk, "{}", text.trim_end()).and_then(|()| self.talk.flush());
    }
}
