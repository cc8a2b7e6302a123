//! One answer that nobody may read over the shoulder.

use std::io;

/// As much as is taken in, in bytes.
const LONGEST: usize = 64 * 1024;

/// Asks for something on the terminal behind standard input, without showing what is typed; `None` when the person gave
/// up (Ctrl-C, or Ctrl-D on an empty line).
///
/// What is pasted over several lines counts as one answer where the terminal marks pastes; elsewhere the first line is
/// the answer, and the rest is thrown away instead of being left to the shell, which would run it and remember it.
///
/// # Errors
/// Standard input is no terminal, or one that cannot hide what is typed.
#[cfg(unix)]
pub fn read_hidden(prompt: &str) -> io::Result<Option<Vec<u8>>> {
    let tty = std::fs::File::options().read(true).write(true).open("/dev/tty")?;
    unix::read(&tty, prompt)
}

/// Asks for something on the terminal behind standard input, without showing what is typed.
///
/// # Errors
/// Always: how to hide it on this system is not known.
#[cfg(not(unix))]
pub fn read_hidden(_prompt: &str) -> io::Result<Option<Vec<u8>>> {
    Err(io::ErrorKind::Unsupported.into())
}

/// An answer as it is typed, byte by byte.
#[derive(Default)]
struct Typing {
    answer: Vec<u8>,
    pasting: bool,
    /// A key that sends several bytes, as far as they have come.
    key: Option<Vec<u8>>,
}

/// What a byte meant.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    More,
    Done,
    GivenUp,
}

impl Typing {
    fn take(&mut self, byte: u8) -> Step {
        if let Some(mut key) = self.key.take() {
            key.push(byte);
            match (key.as_slice(), byte) {
                ([b'['], _) | ([b'[', ..], 0x20..=0x3f) if key.len() < 16 => self.key = Some(key),
                (b"[200~", _) => self.pasting = true,
                (b"[201~", _) => self.pasting = false,
                // The arrows and their like move nothing that could be seen.
                _ => {}
            }
            return Step::More;
        }
        match byte {
            0x1b => self.key = Some(Vec::new()),
            b'\r' | b'\n' if !self.pasting => return Step::Done,
            0x03 if !self.pasting => return Step::GivenUp,
            0x04 if !self.pasting => return if self.answer.is_empty() { Step::GivenUp } else { Step::Done },
            0x08 | 0x7f if !self.pasting => self.take_back(),
            0x15 if !self.pasting => self.answer.clear(),
            _ if self.answer.len() < LONGEST => self.answer.push(byte),
            _ => {}
        }
        Step::More
    }

    /// The last character goes, all of its bytes.
    fn take_back(&mut self) {
        while let Some(byte) = self.answer.pop() {
            if byte & 0xc0 != 0x80 {
                return;
            }
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, Read as _, Write as _};

    use nix::sys::termios::{
        FlushArg, InputFlags, LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcflush, tcgetattr, tcsetattr,
    };

    use crate::hidden::{LONGEST, Step, Typing};

    /// Puts the terminal back, whatever happens.
    struct Hiding<'a> {
        tty: &'a File,
        before: Termios,
    }

    impl<'a> Hiding<'a> {
        fn begin(tty: &'a File) -> io::Result<Self> {
            let before = tcgetattr(tty)?;
            let mut hidden = before.clone();
            // Signals too: a program that ends at the prompt would leave the terminal mute.
            hidden.local_flags.remove(
                LocalFlags::ECHO | LocalFlags::ECHONL | LocalFlags::ICANON | LocalFlags::ISIG | LocalFlags::IEXTEN,
            );
            hidden.input_flags.remove(InputFlags::ICRNL | InputFlags::INLCR | InputFlags::IGNCR | InputFlags::IXON);
            hidden.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
            hidden.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
            tcsetattr(tty, SetArg::TCSAFLUSH, &hidden)?;
            Ok(Self { tty, before })
        }
    }

    impl Drop for Hiding<'_> {
        fn drop(&mut self) {
            // There is nobody to tell when the terminal is gone.
            let mut tty = self.tty;
            let _ = tty.write_all(b"\x1b[?2004l\r\n").and_then(|()| tty.flush());
            let _ = tcflush(self.tty, FlushArg::TCIFLUSH);
            let _ = tcsetattr(self.tty, SetArg::TCSANOW, &self.before);
        }
    }

    pub(super) fn read(mut tty: &File, prompt: &str) -> io::Result<Option<Vec<u8>>> {
        let hiding = Hiding::begin(tty)?;
        write!(tty, "\x1b[?2004h{}", crate::visible(prompt))?;
        tty.flush()?;
        // Room for all of it at once: a vector that grows leaves copies behind.
        let mut typing = Typing { answer: Vec::with_capacity(LONGEST), ..Typing::default() };
        let mut byte = [0];
        let answer = loop {
            match tty.read(&mut byte) {
                Ok(0) => break None,
                Ok(_) => match typing.take(byte[0]) {
                    Step::More => {}
                    Step::Done => break Some(typing.answer),
                    Step::GivenUp => break None,
                },
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
                Err(fault) => return Err(fault),
            }
        };
        drop(hiding);
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;
