//! Putting new content in the place of a file: all of it or nothing, and never over somebody else's.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

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

/// Puts `after` into the file at `path` if it still holds `before` (`None`: if it is not there); returns whether it did.
/// Links are followed. The content is synced before it takes the old one's place.
///
/// # Errors
///
/// What the system refused; the file is then as it was.
pub(crate) fn put(path: &Path, before: Option<&[u8]>, after: &[u8]) -> Result<bool, Refused> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let ready = prepared(path, after)?;
    let Some(before) = before else {
        return match ready.persist_noclobber(path) {
            Ok(_) => sync_folder(path).map(|()| true),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(Refused::at("renaming")(error.error)),
        };
    };
    let now = fs::read(path).map(Zeroizing::new).map_err(Refused::at("reading it once more"))?;
    if now.as_slice() != before {
        return Ok(false);
    }
    swap(path, before, ready.into_temp_path())
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
    match renameat_with(CWD, &*ready, CWD, path, RenameFlags::EXCHANGE) {
        Ok(()) => {}
        // It was taken away meanwhile.
        Err(Errno::NOENT) => return Ok(false),
        // A file system that cannot exchange names: the last look has to do.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            ready.persist(path).map_err(|error| Refused::at("renaming")(error.error))?;
            return sync_folder(path).map(|()| true);
        }
        Err(error) => return Err(Refused::at("renaming")(error.into())),
    }
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
