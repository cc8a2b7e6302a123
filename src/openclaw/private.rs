//! A folder that nobody else may look into, for copies that hold secrets.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// How the names of these folders begin.
const START: &str = "modelpin-openclaw-";

/// The file in such a folder that is locked for as long as somebody uses it.
const IN_USE: &str = "in-use";

/// Where they may be: in memory where the system has a place for that, so that no disk ever sees what is in them.
fn places() -> Vec<PathBuf> {
    vec![PathBuf::from("/dev/shm"), std::env::temp_dir()]
}

/// A folder that nobody else may look into. It goes with this value.
#[derive(Debug)]
pub(crate) struct PrivateFolder {
    folder: TempDir,
    _in_use: File,
}

impl PrivateFolder {
    /// One in each place that has room for it, made when it is asked for, the best first.
    pub(crate) fn candidates() -> impl Iterator<Item = io::Result<Self>> {
        places().into_iter().filter(|place| place.is_dir()).map(|place| Self::make_in(&place))
    }

    fn make_in(place: &Path) -> io::Result<Self> {
        sweep(place);
        let folder =
            tempfile::Builder::new().prefix(START).permissions(Permissions::from_mode(0o700)).tempdir_in(place)?;
        let in_use = create(&folder.path().join(IN_USE))?;
        in_use.try_lock().map_err(io::Error::from)?;
        Ok(Self { folder, _in_use: in_use })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// A new file that nobody else may read.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Takes away what a modelpin that was killed left there.
fn sweep(place: &Path) {
    let Ok(entries) = fs::read_dir(place) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(START)
            && let Ok(in_use) = File::open(entry.path().join(IN_USE))
            && in_use.try_lock().is_ok()
        {
            // What cannot be swept is somebody else's.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_one_left_is_swept_and_what_is_in_use_is_not() {
        let place = tempfile::tempdir().unwrap();
        let used = PrivateFolder::make_in(place.path()).unwrap();
        assert_eq!(used.path().metadata().unwrap().permissions().mode() & 0o777, 0o700);
        let left = place.path().join(format!("{START}left"));
        fs::create_dir(&left).unwrap();
        drop(create(&left.join(IN_USE)).unwrap());
        let next = PrivateFolder::make_in(place.path()).unwrap();
        assert!(!left.exists() && used.path().exists() && next.path().exists());
        drop((used, next));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }
}
