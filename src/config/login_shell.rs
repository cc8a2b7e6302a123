//! What the login shell would set: asked for only where the operator wants that.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// As much as is read of what the shell prints, in bytes.
const LONGEST: u64 = 2 * 1024 * 1024;

/// The login shell gave no variables. Nothing depends on it: the caller warns and goes on.
#[derive(Debug, thiserror::Error)]
pub enum ShellFault {
    /// `$SHELL` is no absolute path, so it is not known what would run.
    #[error("$SHELL is `{0}`, which is no absolute path; the login shell is not asked for variables")]
    NotAbsolute(String),
    /// It could not be started.
    #[error("the login shell {} could not be started: {source}", path.display())]
    Start {
        /// The shell.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It took too long and was stopped; raise `env.shellEnv.timeoutMs`, or look at what it runs at login.
    #[error("the login shell {} gave no variables within {} ms", path.display(), timeout.as_millis())]
    TimedOut {
        /// The shell.
        path: PathBuf,
        /// How long it was given.
        timeout: Duration,
    },
}

/// The variables of `names` that `shell` has after a login.
///
/// # Errors
///
/// The shell is no absolute path, does not start, or takes longer than `timeout`.
pub(crate) fn variables<'a>(
    shell: &str,
    names: impl Iterator<Item = &'a str>,
    timeout: Duration,
) -> Result<HashMap<String, String>, ShellFault> {
    let path = Path::new(shell);
    if !path.is_absolute() {
        return Err(ShellFault::NotAbsolute(shell.to_owned()));
    }
    let start = |source| ShellFault::Start { path: path.to_owned(), source };
    let mut child = Command::new(path)
        .args(["-l", "-c", "env -0"])
        // Where zsh looks for its start-up files: one that was set for some other shell leads astray.
        .env_remove("ZDOTDIR")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(start)?;
    let output = child.stdout.take();
    let (sender, receiver) = mpsc::channel();
    // A start-up file may leave something running that keeps the pipe open, so the pipe is not read here.
    thread::spawn(move || {
        let mut printed = Vec::new();
        let read = output.map_or(Ok(0), |output| output.take(LONGEST).read_to_end(&mut printed));
        // Nobody listens any more once the time is up.
        let _ = sender.send(read.map(|_| printed));
    });
    let outcome = receiver.recv_timeout(timeout);
    // Already gone, where it printed everything.
    let _ = child.kill();
    let _ = child.wait();
    let Ok(printed) = outcome else {
        return Err(ShellFault::TimedOut { path: path.to_owned(), timeout });
    };
    let printed = printed.map_err(start)?;
    let printed = String::from_utf8_lossy(&printed);
    let set: HashMap<&str, &str> = printed.split('\0').filter_map(|entry| entry.split_once('=')).collect();
    Ok(names.filter_map(|name| Some((name.to_owned(), (*set.get(name)?).to_owned()))).collect())
}
