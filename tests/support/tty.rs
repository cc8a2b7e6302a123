//! A program on a terminal of its own, and a person before it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use nix::pty::{Winsize, openpty};
use rustix::io::{FdFlags, fcntl_setfd};

/// How long nothing may be shown before the test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// Keys that are no characters.
pub(crate) const ENTER: &str = "\r";
pub(crate) const ESCAPE: &str = "\u{1b}";
pub(crate) const INTERRUPT: &str = "\u{3}";
pub(crate) const DOWN: &str = "\u{1b}[B";

/// A program on a terminal of its own.
pub(crate) struct Tty {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    bytes: Vec<u8>,
    /// How far the screen was read, in bytes of its plain text.
    read: usize,
}

impl Tty {
    /// Starts `command` with a terminal of that many columns in place of its input and output, as the one that controls
    /// it.
    pub(crate) fn start(command: &Command, columns: u16) -> Self {
        let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let pair = openpty(Some(&size), None).unwrap();
        // A program that another test starts must not keep the terminal.
        for end in [&pair.master, &pair.slave] {
            fcntl_setfd(end, FdFlags::CLOEXEC).unwrap();
        }
        let (keyboard, slave) = (File::from(pair.master), File::from(pair.slave));
        // By its whole name: what `command` has for a path is the program's own.
        let mut program = Command::new("/usr/bin/setsid");
        program.args(["--ctty", "--wait"]).arg(command.get_program()).args(command.get_args()).env_clear();
        let variables = command.get_envs().filter_map(|(name, value): (&OsStr, Option<&OsStr>)| Some((name, value?)));
        program.envs(variables).env("TERM", "xterm");
        program.current_dir(command.get_current_dir().unwrap());
        let end = || slave.try_clone().unwrap();
        let child = program.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        let mut master = keyboard.try_clone().unwrap();
        let (shows, screen) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The other side is gone when this fails.
            while let Ok(count @ 1..) = master.read(&mut bytes) {
                if shows.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, keyboard, screen, bytes: Vec::new(), read: 0 }
    }

    /// Waits until `wanted` is shown, after what was waited for before.
    #[track_caller]
    pub(crate) fn until(&mut self, wanted: &str) -> &mut Self {
        loop {
            let shown = self.shown();
            if let Some(at) = shown[self.read..].find(wanted) {
                self.read += at + wanted.len();
                return self;
            }
            match self.screen.recv_timeout(PATIENCE) {
                Ok(bytes) => self.bytes.extend(bytes),
                Err(fault) => panic!("`{wanted}` is not shown ({fault}): {}", &shown[self.read..]),
            }
        }
    }

    /// Presses keys.
    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Everything that was shown, without what moves the cursor and colours the text.
    pub(crate) fn shown(&self) -> String {
        // What has not come whole yet is looked at when it has.
        let text = match std::str::from_utf8(&self.bytes) {
            Ok(text) => text,
            Err(fault) => std::str::from_utf8(&self.bytes[..fault.valid_up_to()]).unwrap(),
        };
        let mut plain = String::with_capacity(text.len());
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            if c != '\u{1b}' {
                plain.push(c);
            } else if rest.clone().next() == Some('[') {
                rest.next();
                let _ = rest.find(|c| matches!(c, '@'..='~'));
            }
        }
        plain
    }

    /// Waits for its end; the exit code, and everything that was shown.
    pub(crate) fn end(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap();
        // The screen is gone when nothing has the terminal any more.
        while let Ok(bytes) = self.screen.recv_timeout(Duration::from_secs(5)) {
            self.bytes.extend(bytes);
        }
        (code, self.shown())
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        // A test that stopped leaves no program behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_secret_is_asked_for_on_the_terminal_and_not_shown() {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_modelpin"));
    command.args(["models", "auth", "add", "--provider", "openai"]).env("HOME", home.path()).current_dir(home.path());
    let mut tty = Tty::start(&command, 80);
    tty.until("API key for openai (not shown): ").types("sk-test-typed-0123456789\r").until("openai:default stored");
    let (code, shown) = tty.end();
    assert_eq!(code, 0);
    assert!(!shown.contains("sk-test-typed"), "{shown}");
}
