//! The program on a terminal of its own, and a person at it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use nix::pty::{Winsize, openpty};
use rustix::io::{FdFlags, fcntl_setfd};

/// How long something may take to be shown before the test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// Keys that are no characters.
pub(crate) const ENTER: &str = "\r";
pub(crate) const ESCAPE: &str = "\u{1b}";
pub(crate) const INTERRUPT: &str = "\u{3}";
pub(crate) const DOWN: &str = "\u{1b}[B";

/// Somebody at a terminal of 80 columns, on which one program runs.
pub(crate) struct Person {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    shown: Vec<u8>,
    /// How much of the text has been looked for already.
    seen: usize,
}

impl Person {
    /// Starts `program` there, with nothing of the surroundings but `variables`; the terminal is its controlling one.
    pub(crate) fn start(program: &Path, arguments: &[&str], home: &Path, variables: &[(&str, &str)]) -> Self {
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let pair = openpty(&size, None).unwrap();
        for end in [&pair.master, &pair.slave] {
            fcntl_setfd(end, FdFlags::CLOEXEC).unwrap();
        }
        let tty = || Stdio::from(pair.slave.try_clone().unwrap());
        // Making a terminal the controlling one takes a call that is not to be had safely; this program makes it.
        let mut command = Command::new("setsid");
        command.arg("--ctty").arg(program).args(arguments);
        command.env_clear().env("HOME", home).env("TERM", "xterm-256color").envs(variables.iter().copied());
        command.current_dir(home).stdin(tty()).stdout(tty()).stderr(tty());
        let child = command.spawn().unwrap();
        drop((command, pair.slave));
        let keyboard = File::from(pair.master);
        let mut output = keyboard.try_clone().unwrap();
        let (told, screen) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // That the other side is gone is reported as a fault.
            while let Ok(length @ 1..) = output.read(&mut bytes) {
                if told.send(bytes[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keyboard, screen, shown: Vec::new(), seen: 0 }
    }

    /// Waits until `text` is shown, after what was waited for before.
    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) {
        loop {
            let plain = self.plain();
            if let Some(at) = plain[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            match self.screen.recv_timeout(PATIENCE) {
                Ok(bytes) => self.shown.extend(bytes),
                Err(fault) => panic!("`{text}` is not shown after {:?}: {fault}", &plain[self.seen..]),
            }
        }
    }

    /// Types `keys`.
    pub(crate) fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits for the end of the program; returns its exit code and everything that was shown, without colours.
    pub(crate) fn end(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap();
        loop {
            match self.screen.recv_timeout(Duration::from_secs(5)) {
                Ok(bytes) => self.shown.extend(bytes),
                Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => return (code, self.plain()),
            }
        }
    }

    /// What was shown, without the sequences that colour it and move the cursor.
    fn plain(&self) -> String {
        // What has not come whole yet is looked at when it has.
        let whole = match std::str::from_utf8(&self.shown) {
            Ok(text) => text,
            Err(fault) => std::str::from_utf8(&self.shown[..fault.valid_up_to()]).unwrap(),
        };
        let mut plain = String::new();
        let mut characters = whole.chars();
        while let Some(character) = characters.next() {
            if character != '\u{1b}' {
                plain.push(character);
            } else if characters.next() == Some('[') {
                let _ = characters.find(|character| ('\u{40}'..='\u{7e}').contains(character));
            }
        }
        plain
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        // A test that stopped leaves no program behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_secret_is_asked_for_on_the_terminal_and_not_shown() {
    let home = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_modelpin"));
    let mut person = Person::start(program, &["models", "auth", "add", "--provider", "openai"], home.path(), &[]);
    person.sees("API key for openai (not shown): ");
    person.types("sk-test-typed-0123456789\r");
    person.sees("openai:default stored");
    let (code, shown) = person.end();
    assert_eq!(code, 0);
    assert!(!shown.contains("sk-test-typed"), "{shown}");
}
