//! The side that asks.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::running::place::{name, pids, way};
use crate::status::{Running, differences};

/// The longest answer, so that a foreign process cannot fill the memory.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Asks the programs that run on the state in `folder`, for `patience` in all, and says where they differ from `own`.
/// Sockets that nobody listens on any more are passed over.
pub(crate) fn ask(folder: &Path, own: &Value, patience: Duration) -> Vec<Running> {
    let begun = Instant::now();
    let asked: Vec<(u32, Receiver<io::Result<String>>)> = pids(folder)
        .into_iter()
        .filter(|pid| *pid != std::process::id())
        .map(|pid| {
            let (sender, answer) = channel();
            let folder = folder.to_owned();
            // Even a connection may be waited for: on a thread of its own, which ends with this process.
            thread::spawn(move || drop(sender.send(answer_of(&folder, pid, patience))));
            (pid, answer)
        })
        .collect();
    let heard = asked.into_iter().filter_map(|(pid, answer)| {
        match answer.recv_timeout(patience.saturating_sub(begun.elapsed())) {
            Ok(Ok(line)) => Some(running(pid, &line, own)),
            Ok(Err(fault)) if fault.kind() == io::ErrorKind::ConnectionRefused => None,
            Ok(Err(fault)) if fault.kind() == io::ErrorKind::NotFound => None,
            Ok(Err(_)) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Some(silent(pid)),
        }
    });
    heard.collect()
}

fn answer_of(folder: &Path, pid: u32, patience: Duration) -> io::Result<String> {
    let way = way(folder, &name(pid))?;
    let path: &PathBuf = &way.path;
    let mut stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    stream.write_all(b"status\n")?;
    let mut line = String::new();
    stream.take(LONGEST).read_to_string(&mut line)?;
    Ok(line)
}

fn running(pid: u32, line: &str, own: &Value) -> Running {
    let Ok(answer) = serde_json::from_str::<Value>(line) else { return silent(pid) };
    let Some(report) = answer.get("report") else { return silent(pid) };
    let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
    Running {
        pid,
        command: text("command"),
        version: text("version"),
        since: text("since"),
        answered: true,
        served: answer.get("served").and_then(|served| serde_json::from_value(served.clone()).ok()),
        differences: differences(own, report),
    }
}

fn silent(pid: u32) -> Running {
    Running { pid, command: None, version: None, since: None, answered: false, served: None, differences: Vec::new() }
}
