//! What the login shell would set: asked for only where the operator wants that.

use std::collections::HashMap;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

/// As much as is read of what the shell prints, in bytes.
const LONGEST: u64 = 2 * 1024 * 1024;

/// The login shell gave no variables. Nothing depends on it: the caller warns and goes on.
#[derive(Debug, thiserror::Error)]
pub enum ShellFault {
    /// `$SHELL` is no absolute path or leads through `..`, so it is not plain what would run.
    #[error("$SHELL is `{0}`, which is no plain absolute path; the login shell is not asked for variables")]
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

/// The variables that `shell` has after a login, as far as they are `wanted`.
///
/// It finds its start-up files in `home`. With it, everything that it started is stopped at the end.
///
/// # Errors
///
/// The shell is no absolute path, does not start, or takes longer than `timeout`.
pub(crate) fn variables(
    shell: &str,
    home: Option<&Path>,
    wanted: impl Fn(&str) -> bool,
    timeout: Duration,
) -> Result<HashMap<String, String>, ShellFault> {
    let path = Path::new(shell);
    let leads_up = path.components().any(|part| matches!(part, Component::ParentDir));
    if !path.is_absolute() || leads_up {
        return Err(ShellFault::NotAbsolute(shell.to_owned()));
    }
    let start = |source| ShellFault::Start { path: path.to_owned(), source };
    let mut command = Command::new(path);
    command.args(["-l", "-c", "env -0"]).process_group(0);
    // Where shells look for start-up files: what was set for some other shell leads astray.
    for name in ["ZDOTDIR", "BASH_ENV", "ENV"] {
        command.env_remove(name);
    }
    if let Some(home) = home {
        command.env("HOME", home);
    }
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(start)?;
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
    stop(&mut child);
    let Ok(printed) = outcome else {
        return Err(ShellFault::TimedOut { path: path.to_owned(), timeout });
    };
    let printed = printed.map_err(start)?;
    let printed = String::from_utf8_lossy(&printed);
    let set = printed.split('\0').filter_map(|entry| entry.split_once('='));
    Ok(set.filter(|(name, _)| wanted(name)).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// Before anybody waits for it: as long as nobody has, its number is nobody else's.
fn stop(child: &mut Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    // Already gone, where it printed everything.
    let _ = child.kill();
    let _ = child.wait();
}
