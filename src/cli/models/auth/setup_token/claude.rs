//! Starting `claude setup-token`, as Epiloop's manual has it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::models::auth::choose::agrees;
use crate::config::Layout;

/// Starts it on this terminal where the layout is Epiloop's, the program is there, and the person agrees or has said so
/// with `yes`; returns whether it ran. What it prints is not read along: the person pastes it.
///
/// # Errors
/// It failed, or the person gave up.
pub(crate) fn ran(yes: bool, case: &mut Case<'_>) -> Result<bool, Failure> {
    if case.installation.places().layout != Layout::Epiloop {
        return Ok(false);
    }
    let settings = case.installation.settings();
    let Some(claude) = settings.environment.var("PATH").and_then(found) else { return Ok(false) };
    if !yes && !agrees(&format!("Run `{} setup-token` now?", claude.display()))? {
        return Ok(false);
    }
    let ended = Command::new(&claude).arg("setup-token").status();
    match ended {
        Ok(status) if status.success() => {
            case.output.talk("Now paste here the token that it has printed.");
            Ok(true)
        }
        Ok(status) => Err(Failure::Unexpected(format!("`claude setup-token` failed ({status}); nothing was stored"))),
        Err(fault) => {
            Err(Failure::Unexpected(format!("{} cannot be started: {fault}; nothing was stored", claude.display())))
        }
    }
}

/// The first program of that name in `path`. The working directory is not looked into, whatever `path` says.
fn found(path: &str) -> Option<PathBuf> {
    let folders = path.split(':').map(Path::new).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join("claude")).find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    file.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}
