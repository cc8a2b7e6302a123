//! A way out for bytes, with nothing known in them.

use std::io::{self, Write};

use crate::redact::known;

/// Writes one record to `out`, scrubbed as a whole when it is dropped: a secret may be written in several pieces.
///
/// Made for logs: `with_writer(|| ScrubbingWriter::new(io::stderr()))` makes one for each record.
pub struct ScrubbingWriter<W: Write> {
    out: W,
    record: Vec<u8>,
}

impl<W: Write> ScrubbingWriter<W> {
    /// For one record, which goes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, record: Vec::new() }
    }
}

impl<W: Write> Write for ScrubbingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.record.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Nothing yet: what comes next may belong to a secret that has begun.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write> Drop for ScrubbingWriter<W> {
    fn drop(&mut self) {
        let record = String::from_utf8_lossy(&self.record);
        // With nobody there to read it, a record is lost.
        let _ = self.out.write_all(known().scrub(&record).as_bytes()).and_then(|()| self.out.flush());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::io::Write as _;

    use secrecy::SecretString;

    use super::ScrubbingWriter;
    use crate::redact::learn;

    #[test]
    fn a_record_is_scrubbed_whole_however_it_is_written() {
        learn([&SecretString::from("sk-test-writer-5d81c0e7")]);
        let mut paper = Vec::new();
        let mut writer = ScrubbingWriter::new(&mut paper);
        for piece in ["WARN the key sk-test-wr", "iter-5d81c0e7", " is bad\n"] {
            writer.write_all(piece.as_bytes()).unwrap();
            writer.flush().unwrap();
        }
        writer.write_all(b"\xff").unwrap();
        drop(writer);
        assert_eq!(String::from_utf8(paper).unwrap(), "WARN the key [redacted] is bad\n\u{fffd}");
    }
}
