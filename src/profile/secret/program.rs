//! Asking a program for a secret.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::profile::secret::{LIMIT, SecretTrouble, trimmed};

/// A program that is asked for a secret. No shell is involved.
pub(crate) struct Program<'a> {
    /// Under which name it is configured.
    pub(crate) alias: &'a str,
    pub(crate) command: &'a Path,
    pub(crate) args: Vec<String>,
    /// All the variables it is given; `None` for those of this process.
    pub(crate) environment: Option<Vec<(String, SecretString)>>,
    /// What it reads on its standard input, which then ends; `None` for nothing.
    pub(crate) request: Option<String>,
    pub(crate) patience: Duration,
}

/// What the family asks such a program: one line of JSON.
pub(crate) fn request(alias: &str, id: &str) -> String {
    format!("{}\n", json!({"protocolVersion": 1, "provider": alias, "ids": [id]}))
}

impl Program<'_> {
    /// What it prints. Nothing of that gets into a message, and what it says on standard error is not even read.
    ///
    /// # Errors
    ///
    /// When it does not start, fails, prints too much, or takes too long; then it is stopped, with all that it started.
    pub(crate) fn output(&self) -> Result<Zeroizing<Vec<u8>>, SecretTrouble> {
        let (alias, name) = (self.alias.to_owned(), self.command.display().to_string());
        let until = Instant::now() + self.patience;
        let timed_out = || SecretTrouble::TimedOut { alias: alias.clone(), what: name.clone(), after: self.patience };
        let mut child = match self.start() {
            Ok(child) => child,
            Err(error) => return Err(SecretTrouble::NotStarted { alias, command: name, why: error.to_string() }),
        };
        if let (Some(mut input), Some(request)) = (child.stdin.take(), &self.request) {
            // It fits into the pipe, so this does not wait. One that does not read it is not interested.
            let _ = input.write_all(request.as_bytes());
        }
        let (sender, receiver) = mpsc::channel();
        if let Some(pipe) = child.stdout.take() {
            // A thread, because a grandchild may hold the pipe open longer than the program lives.
            thread::spawn(move || {
                let mut bytes = Zeroizing::new(Vec::new());
                let read = pipe.take(LIMIT + 1).read_to_end(&mut bytes);
                let _ = sender.send(read.map(|_| bytes));
            });
        }
        let printed = receiver.recv_timeout(until.saturating_duration_since(Instant::now()));
        let too_large = matches!(&printed, Ok(Ok(bytes)) if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LIMIT);
        if too_large {
            stop(&mut child);
            return Err(SecretTrouble::TooLarge(alias));
        }
        let Ok(printed) = printed else {
            stop(&mut child);
            return Err(timed_out());
        };
        match (ended(&mut child, until), printed) {
            (None, _) => Err(timed_out()),
            (Some(status), Ok(bytes)) if status.success() => Ok(bytes),
            (Some(status), _) => Err(SecretTrouble::Failed { alias, command: name, status: status.to_string() }),
        }
    }

    /// Starts it in a process group of its own, so that what it starts can be stopped with it.
    fn start(&self) -> std::io::Result<Child> {
        let mut command = Command::new(self.command);
        if let Some(variables) = &self.environment {
            command.env_clear();
            command.envs(variables.iter().map(|(name, value)| (name, value.expose_secret())));
        }
        let input = if self.request.is_some() { Stdio::piped() } else { Stdio::null() };
        command.args(&self.args).process_group(0);
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
    }
}

/// The secret in what a program printed: JSON with it under `values`, under its own name or under `value`, a JSON text,
/// or one line of plain text, unless only JSON is to be believed.
pub(crate) fn secret(output: &[u8], id: &str, json_only: bool) -> Option<SecretString> {
    let text = std::str::from_utf8(output).ok()?.trim();
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(all)) => {
            let found = match all.get("values") {
                Some(values) => values.get(id),
                None => all.get(id).or_else(|| all.get("value")),
            };
            found.and_then(Value::as_str).and_then(trimmed)
        }
        Ok(Value::String(text)) => trimmed(&text),
        // A key of digits only is no number. More than a line is what a program says, and no secret.
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) | Err(_) => {
            if json_only || text.contains(char::is_control) { None } else { trimmed(text) }
        }
    }
}

/// Waits for the end of a program that has closed its output, and stops it at `until`.
fn ended(child: &mut Child, until: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(2)),
            Ok(None) | Err(_) => {
                stop(child);
                return None;
            }
        }
    }
}

/// Before anybody waits for it: as long as nobody has, its number is nobody else's.
fn stop(child: &mut Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    let _ = child.kill();
    let _ = child.wait();
}
