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
        self.print(&scrub(text))
    }

    fn print(&mut self, text: &str) -> Result<(), Failure> {
        match self.data.write_all(text.as_bytes()).and_then(|()| self.data.flush()) {
            Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::Unexpected(format!("standard output cannot be written: {fault}")))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Prints data as JSON, and a line feed.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let mut value = serde_json::to_value(value).map_err(|fault| Failure::Unexpected(fault.to_string()))?;
        // Within its texts only: what is taken out of JSON as it stands may take half an escape along.
        known().scrub_json(&mut value);
        let text = serde_json::to_string_pretty(&value).map_err(|fault| Failure::Unexpected(fault.to_string()))?;
        self.print(&(text + "\n"))
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

    /// Whether there is somebody who reads the talk off a screen, and can answer.
    pub(crate) fn is_talk_answered() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether somebody reads the data off a screen.
    pub(crate) fn is_terminal() -> bool {
        io::stdout().is_terminal()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use secrecy::SecretString;
    use serde_json::{Value, json};

    use super::Output;
    use crate::redact::learn;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn json_stays_json_whatever_is_taken_out_of_it() {
        learn([&SecretString::from("n4c81-test-of-json")]);
        let paper = Paper::default();
        let mut output = Output { data: Box::new(paper.clone()), talk: Box::new(io::sink()) };
        // The second one looks like the secret in the text of the JSON, where a line feed is `\n`.
        output.json(&json!(["n4c81-test-of-json", "\n4c81-test-of-json"])).unwrap();
        let printed: Value = serde_json::from_slice(&paper.0.lock().unwrap()).unwrap();
        assert_eq!(printed, json!(["[redacted]", "\n4c81-test-of-json"]));
    }
}
