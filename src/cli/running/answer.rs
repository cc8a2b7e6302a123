//! The side that is asked.

use std::fs::{self, Permissions};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream as Caller;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

use crate::cli::running::place::{name, pids, way};
use crate::gateway::board::Board;
use crate::gateway::told::Served;
use crate::looker::{Asked, Looker};
use crate::redact::known;

/// The longest question, and how long it may take.
const QUESTION: u64 = 1_024;
const PATIENCE: Duration = Duration::from_secs(2);

/// A program that answers. Dropped, it does so no longer, and its socket is gone.
pub(crate) struct Serving {
    socket: PathBuf,
    task: JoinHandle<()>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
        // One that cannot be removed is found to be stale by the next program.
        let _ = fs::remove_file(&self.socket);
    }
}

/// Begins to answer as the program that runs `command`, with what stands on the board of a gateway; `None` where there is
/// no place for a socket. Nobody is kept from anything by that.
pub(crate) fn serve(
    looker: Looker,
    command: &'static str,
    since: Timestamp,
    gateway: Option<(Board, Option<SocketAddr>)>,
) -> Option<Serving> {
    let folder = looker.places().state_dir.clone();
    clear_stale(&folder);
    match listen(&folder) {
        Ok((listener, socket)) => {
            let since = format!("{since:.0}");
            let task = tokio::spawn(async move {
                while let Ok((caller, _)) = listener.accept().await {
                    let (looker, since, gateway) = (looker.clone(), since.clone(), gateway.clone());
                    tokio::spawn(tokio::time::timeout(PATIENCE, async move {
                        if let Err(fault) = answer(caller, &looker, command, &since, gateway).await {
                            tracing::debug!(%fault, "somebody who asked was not answered");
                        }
                    }));
                }
            });
            Some(Serving { socket, task })
        }
        Err(fault) => {
            tracing::debug!(%fault, folder = %folder.display(), "other commands cannot ask this one how it stands");
            None
        }
    }
}

fn listen(folder: &Path) -> io::Result<(UnixListener, PathBuf)> {
    let name = name(std::process::id());
    let way = way(folder, &name)?;
    // Of an earlier process with that number.
    let _ = fs::remove_file(&way.path);
    let listener = UnixListener::bind(&way.path)?;
    fs::set_permissions(&way.path, Permissions::from_mode(0o600))?;
    Ok((listener, folder.join(name)))
}

/// Takes away the sockets of programs that ended without doing so.
fn clear_stale(folder: &Path) {
    for pid in pids(folder) {
        let Ok(way) = way(folder, &name(pid)) else { continue };
        let refused = |fault: io::Error| fault.kind() == io::ErrorKind::ConnectionRefused;
        if Caller::connect(&way.path).is_err_and(refused) {
            let _ = fs::remove_file(&way.path);
        }
    }
}

/// One line in, one line out.
async fn answer(
    caller: UnixStream,
    looker: &Looker,
    command: &str,
    since: &str,
    gateway: Option<(Board, Option<SocketAddr>)>,
) -> io::Result<()> {
    let (asking, mut answering) = caller.into_split();
    let mut question = String::new();
    BufReader::new(asking.take(QUESTION)).read_line(&mut question).await?;
    if question.trim() != "status" {
        return answering.write_all(b"{\"error\":\"ask `status`\"}\n").await;
    }
    let again = |rest: &str| format!("modelpin {rest}");
    let asked = Asked { agent_named: false, warn: SignedDuration::from_hours(24), command: &again };
    let Some(report) = looker.report(asked).await else { return Ok(()) };
    let (pid, version) = (std::process::id(), env!("CARGO_PKG_VERSION"));
    let served = gateway.map(|(board, health)| Served {
        health: health.map(|address| format!("http://{address}/healthz")),
        channels: board.now().told(),
    });
    let mut line = json!({
        "pid": pid, "command": command, "version": version, "since": since, "report": report, "served": served,
    });
    known().scrub_json(&mut line);
    answering.write_all(format!("{line}\n").as_bytes()).await?;
    answering.shutdown().await
}
