//! The one place that prints.

use std::io::{self, IsTerminal as _, Write};

use serde::Serialize;

use crate::cli::failure::Failure;
use crate::redact::{contains_secret, known, scrub};

/// Standard output, which is data, and standard error, which is talk. No known secret gets past it.
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
        match self.data.write_all(scrub(text).as_bytes()).and_then(|()| self.data.flush()) {
            Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::Unexpected(format!("standard output cannot be written: {fault}")))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Prints data as JSON, and a line feed.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let mut value = serde_json::to_value(value).map_err(|fault| Failure::Unexpected(fault.to_string()))?;
        // Within its texts: what is taken out of JSON as it stands may take half an escape along.
        known().scrub_json(&mut value);
        let text = serde_json::to_string_pretty(&value).map_err(|fault| Failure::Unexpected(fault.to_string()))?;
        self.data(&(text + "\n"))
    }

    /// Tells the person something, on lines of its own. With nobody there to read it, it is lost.
    pub(crate) fn talk(&mut self, text: &str) {
        let _ = writeln!(self.talk, "{}", scrub(text.trim_end())).and_then(|()| self.talk.flush());
    }

    /// Prints what clap has to say: help where it belongs, in colours where there are some, or what is wrong with a
    /// command line.
    pub(crate) fn answer(&mut self, answer: &clap::Error) {
        let text = answer.render().to_string();
        if contains_secret(&text) {
            self.talk(&text);
        } else {
            // A reader that is gone misses nothing that could be told elsewhere.
            let _ = answer.print();
        }
    }

    /// Whether somebody reads the data off a screen.
    pub(crate) fn is_terminal() -> bool {
        io::stdout().is_terminal()
    }
}
