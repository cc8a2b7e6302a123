//! `modelpin gateway --drain` and `--reload`: telling the gateway that runs.

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::open::look;
use crate::cli::output::Output;
use crate::gateway::lock::{GatewayLock, Unlocked};

/// What was told.
#[derive(Serialize)]
struct Told {
    pid: u32,
    told: &'static str,
}

/// Tells the gateway that serves this state to end, or to read its configuration again.
pub(super) fn run(drain: bool, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let installation = look(global, invoked_as, output)?;
    let state_dir = &installation.places().state_dir;
    let dir = state_dir.display();
    let pid = match GatewayLock::take(state_dir) {
        Err(Unlocked::Held(Some(pid))) => pid,
        Err(Unlocked::Held(None)) => {
            return Err(Failure::Unexpected(format!("a gateway serves {dir}, and does not say which process it is")));
        }
        Ok(_) => return Err(Failure::Misuse(format!("no gateway serves {dir}, so there is none to be told"))),
        Err(Unlocked::Broken(fault)) => {
            return Err(Failure::Unexpected(format!("whether a gateway serves {dir} cannot be told: {fault}")));
        }
    };
    send(pid, drain).map_err(|fault| Failure::Unexpected(format!("process {pid} cannot be told: {fault}")))?;
    let told = if drain { "drain" } else { "reload" };
    if global.json {
        output.json(&Told { pid, told })?;
        return Ok(Exit::Ok);
    }
    let what = if drain { "brings what is under way to its end, and ends" } else { "reads its configuration again" };
    output.data(&format!("process {pid} {what}\n"))?;
    Ok(Exit::Ok)
}

#[cfg(unix)]
fn send(pid: u32, drain: bool) -> std::io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process};

    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(std::io::ErrorKind::InvalidInput)?;
    Ok(kill_process(pid, if drain { Signal::TERM } else { Signal::HUP })?)
}

#[cfg(not(unix))]
fn send(_: u32, _: bool) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
