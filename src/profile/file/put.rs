//! Putting new content in the place of a file, all of it or nothing.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
#[cfg(feature = "cli")]
use std::time::SystemTime;

#[cfg(feature = "cli")]
use jiff::Timestamp;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use tempfile::{NamedTempFile, TempPath};

use crate::profile::file::{keep_aside, load, read_whole};
use crate::profile::lock::{MARK, temporary};
use crate::profile::{Document, StoreFileFault};

/// What came of it.
pub(crate) enum Put {
    /// The new content is in place and durable.
    Done,
    /// The file was no longer the one that was read; nothing was done.
    Moved,
    /// The new content is in place, but somebody else's came between: here it is, unless it makes no sense.
    Displaced(Option<Document>),
}

/// Puts `after` into the file at `path` if it still holds `before` (`None`: if it is not there).
///
/// The last look and the rename are two steps, and a writer that ignores the locks can come between. So the names are
/// exchanged instead: what was in the place is then in our hands, and is looked at once more before it goes.
///
/// # Errors
///
/// What the system refused; the file is then as it was.
pub(crate) fn put(path: &Path, before: Option<&[u8]>, after: &[u8]) -> Result<Put, StoreFileFault> {
    let ready = prepared(path, after)?;
    let now = load(path)?;
    if now.as_ref().map(|bytes| bytes.as_slice()) != before {
        return Ok(Put::Moved);
    }
    place(path, before, ready)
}

/// The step after the last look.
pub(crate) fn place(path: &Path, before: Option<&[u8]>, ready: NamedTempFile) -> Result<Put, StoreFileFault> {
    let fault = |step| move |error: io::Error| StoreFileFault::writing(path, step, &error);
    let Some(before) = before else {
        return match ready.persist_noclobber(path) {
            Ok(_) => sync_folder(path).map(|()| Put::Done),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(Put::Moved),
            Err(error) => Err(fault("renaming")(error.error)),
        };
    };
    let ready = ready.into_temp_path();
    match renameat_with(CWD, &*ready, CWD, path, RenameFlags::EXCHANGE) {
        Ok(()) => {
            let outcome = displaced(path, &ready, before);
            drop(ready);
            sync_folder(path)?;
            outcome
        }
        Err(Errno::NOENT) => Ok(Put::Moved),
        // A file system that cannot exchange names: the last look has to do.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            ready.persist(path).map_err(|error| fault("renaming")(error.error))?;
            sync_folder(path).map(|()| Put::Done)
        }
        Err(error) => Err(fault("renaming")(error.into())),
    }
}

/// What the exchange took out of its place.
fn displaced(path: &Path, taken: &TempPath, before: &[u8]) -> Result<Put, StoreFileFault> {
    if load(taken)?.is_some_and(|bytes| bytes.as_slice() == before) {
        return Ok(Put::Done);
    }
    // Somebody wrote, or is writing: into this very file, if he had it open. He is given time to finish.
    match read_whole(taken, Duration::from_secs(2)) {
        Ok((_, document)) => Ok(Put::Displaced(Some(document))),
        Err(StoreFileFault::Corrupt { .. } | StoreFileFault::NotAStore { .. }) => {
            if let Some(bytes) = load(taken)? {
                keep_aside(path, &bytes);
            }
            Ok(Put::Displaced(None))
        }
        Err(fault) => Err(fault),
    }
}

/// The new content in a file of its own beside `path`, synced.
pub(crate) fn prepared(path: &Path, content: &[u8]) -> Result<NamedTempFile, StoreFileFault> {
    let fault = |step| move |error: io::Error| StoreFileFault::writing(path, step, &error);
    // A stricter mode stays; a looser one is tightened.
    let mode = fs::metadata(path).map_or(0o600, |found| found.permissions().mode() & 0o600);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(&temporary(path))
        .suffix(".tmp")
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder)
        .map_err(fault("creating a file beside it"))?;
    file.write_all(content).map_err(fault("writing a file beside it"))?;
    file.as_file().set_permissions(Permissions::from_mode(mode)).map_err(fault("setting its mode"))?;
    file.as_file().sync_all().map_err(fault("syncing"))?;
    Ok(file)
}

/// Writes a file that must not be there yet, mode 0600.
pub(crate) fn write_new(path: &Path, content: &[u8]) -> Result<(), StoreFileFault> {
    let fault = |step| move |error: io::Error| StoreFileFault::writing(path, step, &error);
    prepared(path, content)?.persist_noclobber(path).map_err(|error| fault("renaming")(error.error))?;
    sync_folder(path)
}

pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreFileFault> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| StoreFileFault::writing(folder, "syncing the folder", &error))
}

/// Takes away what a crashed modelpin left beside the file. The caller holds the lock that writers of it hold, so nobody is
/// using it.
pub(crate) fn sweep(path: &Path) {
    for left in temporaries(path) {
        // What cannot be swept now is swept next time.
        let _ = fs::remove_file(left);
    }
}

/// Those of them that are too old for anybody to be still writing them.
#[cfg(feature = "cli")]
pub(crate) fn leftovers(path: &Path, now: Timestamp) -> Vec<PathBuf> {
    let old = |left: &PathBuf| {
        let written = fs::symlink_metadata(left).and_then(|found| found.modified());
        written.is_ok_and(|at| SystemTime::from(now).duration_since(at).is_ok_and(|age| age > Duration::from_mins(1)))
    };
    temporaries(path).into_iter().filter(old).collect()
}

/// Our temporary files for the file at `path`.
fn temporaries(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let start = format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy());
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(&start) && name.contains(MARK) && name.ends_with(".tmp")
    });
    ours.map(|entry| entry.path()).collect()
}
