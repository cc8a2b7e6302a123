//! Putting new content in the place of a file: all of it or nothing, and never over somebody else's.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};
#[cfg(feature = "cli")]
use std::time::{Duration, SystemTime};

#[cfg(feature = "cli")]
use jiff::Timestamp;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use secrecy::zeroize::Zeroizing;
use tempfile::{NamedTempFile, TempPath};

/// What the names of all files of ours beside another program's have in common.
pub(crate) const MARK: &str = "modelpin-";

/// The system refused.
#[derive(Debug)]
pub(crate) struct Refused {
    /// What was being done.
    pub(crate) step: &'static str,
    /// What the system said.
    pub(crate) source: io::Error,
}

impl Refused {
    fn at(step: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self { step, source }
    }
}

/// What came of exchanging two files.
#[derive(Debug)]
pub(crate) enum Exchanged {
    /// The new one is in the place, and here is what was there.
    Done(TempPath),
    /// Nothing was there any more, and nothing is.
    Gone,
    /// The new one is in the place. The file system cannot exchange names, so that what was there cannot be told.
    Blind,
}

/// Puts `after` into the file at `path` if it still holds `before` (`None`: if it is not there); returns whether it did.
///
/// # Errors
///
/// What the system refused; the file is then as it was.
#[cfg(feature = "cli")]
pub(crate) fn put(path: &Path, before: Option<&[u8]>, after: &[u8]) -> Result<bool, Refused> {
    place(path, before, prepared(path, after)?)
}

/// Puts `ready` in the place of the file at `path` if that still holds `before` (`None`: if it is not there); returns
/// whether it did. Nothing else is done where it already holds something else.
///
/// # Errors
///
/// What the system refused; the file is then as it was.
#[cfg(feature = "cli")]
pub(crate) fn place(path: &Path, before: Option<&[u8]>, ready: NamedTempFile) -> Result<bool, Refused> {
    let Some(before) = before else { return put_new(path, ready) };
    match fs::read(path).map(Zeroizing::new) {
        Ok(now) if now.as_slice() == before => swap(path, before, ready.into_temp_path()),
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Refused::at("reading it once more")(error)),
    }
}

/// Puts `ready` where no file is yet; returns whether there was none.
///
/// # Errors
///
/// What the system refused.
pub(crate) fn put_new(path: &Path, ready: NamedTempFile) -> Result<bool, Refused> {
    match ready.persist_noclobber(path) {
        Ok(_) => sync_folder(path).map(|()| true),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(Refused::at("renaming")(error.error)),
    }
}

/// Puts `ready` in the place of the file if that still holds `before`; returns whether it did.
///
/// Looking and renaming are two steps, and somebody can come between. So the names are exchanged: what was in the place is
/// then in our hands, and is looked at once more before it goes.
///
/// # Errors
///
/// What the system refused.
pub(crate) fn swap(path: &Path, before: &[u8], ready: TempPath) -> Result<bool, Refused> {
    let ours = Zeroizing::new(fs::read(&ready).map_err(Refused::at("reading the new content"))?);
    let ready = match exchange(path, ready)? {
        Exchanged::Done(taken) => taken,
        Exchanged::Gone => return Ok(false),
        // The last look has to do.
        Exchanged::Blind => return Ok(true),
    };
    let mut is_ours = true;
    // What comes out is what was expected there: ours may stay. Otherwise it is somebody else's and goes back; what comes
    // out then must be ours, or it is newer still, and goes back in its turn.
    loop {
        let taken = match fs::read(&ready) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) => {
                // It may be the only copy of whatever it is.
                let _ = ready.keep();
                return Err(Refused::at("reading what was in its place")(error));
            }
        };
        if taken.as_slice() == if is_ours { before } else { &ours } {
            break;
        }
        renameat_with(CWD, &*ready, CWD, path, RenameFlags::EXCHANGE)
            .map_err(|error| Refused::at("renaming")(error.into()))?;
        is_ours = false;
    }
    drop(ready);
    sync_folder(path)?;
    Ok(is_ours)
}

/// Puts `ready` in the place of the file at `path`, whatever that holds, and hands out what that was.
///
/// The folder is not synced yet after [`Exchanged::Done`].
///
/// # Errors
///
/// What the system refused.
pub(crate) fn exchange(path: &Path, ready: TempPath) -> Result<Exchanged, Refused> {
    match renameat_with(CWD, &*ready, CWD, path, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(Exchanged::Done(ready)),
        // It was taken away meanwhile.
        Err(Errno::NOENT) => Ok(Exchanged::Gone),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            ready.persist(path).map_err(|error| Refused::at("renaming")(error.error))?;
            sync_folder(path).map(|()| Exchanged::Blind)
        }
        Err(error) => Err(Refused::at("renaming")(error.into())),
    }
}

/// The new content in a file of its own beside `path`, synced. A stricter mode than 0600 stays; a looser one is tightened.
///
/// # Errors
///
/// What the system refused; nothing is left behind.
pub(crate) fn prepared(path: &Path, content: &[u8]) -> Result<NamedTempFile, Refused> {
    let mode = fs::metadata(path).map_or(0o600, |found| found.permissions().mode() & 0o600);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(&temporary(path))
        .suffix(".tmp")
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder)
        .map_err(Refused::at("creating a file beside it"))?;
    file.write_all(content).map_err(Refused::at("writing a file beside it"))?;
    file.as_file().set_permissions(Permissions::from_mode(mode)).map_err(Refused::at("setting its mode"))?;
    file.as_file().sync_all().map_err(Refused::at("syncing"))?;
    Ok(file)
}

/// The same, with the owner and the mode that the file at `path` has: it must not get out of its owner's reach.
///
/// # Errors
///
/// As [`prepared`]. Whose file it is, only he and the administrator can say.
pub(crate) fn prepared_alike(path: &Path, content: &[u8]) -> Result<NamedTempFile, Refused> {
    let there = fs::metadata(path).map_err(Refused::at("looking at its mode"))?;
    let ready = prepared(path, content)?;
    let ours = ready.as_file().metadata().map_err(Refused::at("looking at its owner"))?;
    if (ours.uid(), ours.gid()) != (there.uid(), there.gid()) {
        fchown(ready.as_file(), Some(there.uid()), Some(there.gid())).map_err(Refused::at("giving it its owner"))?;
    }
    let mode = Permissions::from_mode(there.permissions().mode() & 0o7777);
    ready.as_file().set_permissions(mode).map_err(Refused::at("setting its mode"))?;
    ready.as_file().sync_all().map_err(Refused::at("syncing"))?;
    Ok(ready)
}

/// Makes a rename in the folder of `path` durable.
///
/// # Errors
///
/// What the system refused.
pub(crate) fn sync_folder(path: &Path) -> Result<(), Refused> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Refused::at("syncing the folder"))
}

/// `<file>.<suffix>`.
pub(crate) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    file.with_file_name(name)
}

/// How the names of our temporary files for `file` begin; they end in `.tmp`.
pub(crate) fn temporary(file: &Path) -> String {
    format!(".{}.{MARK}", file.file_name().unwrap_or_default().to_string_lossy())
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
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let start = format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy());
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(&start) && name.contains(MARK) && name.ends_with(".tmp")
    });
    ours.map(|entry| entry.path()).collect()
}
