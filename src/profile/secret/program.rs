//! Asking a program for a secret.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde_json::Value;

use crate::profile::secret::{LIMIT, SecretTrouble, trimmed};

/// What `command args… id` prints. No shell is involved, and nothing of what it prints gets into a message.
///
/// # Errors
///
/// When it does not start, fails, prints too much, or takes longer than `patience`; then it is stopped.
pub(crate) fn output(
    alias: &str,
    command: &Path,
    args: &[String],
    id: &str,
    patience: Duration,
) -> Result<Zeroizing<Vec<u8>>, SecretTrouble> {
    let (alias, name) = (alias.to_owned(), command.display().to_string());
    let until = Instant::now() + patience;
    let started = Command::new(command)
        .args(args)
        .arg(id)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => return Err(SecretTrouble::NotStarted { alias, command: name, why: error.to_string() }),
    };
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
        return Err(SecretTrouble::TimedOut { alias, command: name });
    };
    match (ended(&mut child, until), printed) {
        (None, _) => Err(SecretTrouble::TimedOut { alias, command: name }),
        (Some(status), Ok(bytes)) if status.success() => Ok(bytes),
        (Some(status), _) => Err(SecretTrouble::Failed { alias, command: name, status: status.to_string() }),
    }
}

/// The secret in what a program printed: JSON with it under `values`, under its own name or under `value`, a JSON text,
/// or plain text.
pub(crate) fn secret(output: &[u8], id: &str) -> Option<SecretString> {
    let text = std::str::from_utf8(output).ok()?;
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(all)) => {
            let found = all.get("values").and_then(|values| values.get(id)).or_else(|| all.get(id));
            found.or_else(|| all.get("value")).and_then(Value::as_str).and_then(trimmed)
        }
        Ok(Value::String(text)) => trimmed(&text),
        // A key of digits only is no number.
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) | Err(_) => trimmed(text),
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

fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
