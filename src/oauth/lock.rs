//! Being alone with one refresh token among all processes.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::profile::Fingerprint;

/// A kernel lock on a file of its own. It guards nothing that anybody reads or writes: only those wait for it who want to
/// renew the same grant, so it may be held while the network is slow. The kernel lets go of it when the process dies.
#[derive(Debug)]
pub(crate) struct GrantLock {
    path: PathBuf,
    // Held, not read: closing it lets go.
    _file: File,
}

impl GrantLock {
    /// Takes the lock of the grant with that refresh token; `None` while somebody else has it.
    ///
    /// # Errors
    /// What the system refused.
    pub(crate) fn try_take(folder: &Path, refresh: &Fingerprint) -> io::Result<Option<Self>> {
        let path = folder.join(format!("modelpin.oauth-{refresh}.lock"));
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        loop {
            let file =
                OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // Whoever had it before took the file away: ours may be the old one, which nobody else will look at.
            let mine = file.metadata()?;
            match fs::metadata(&path) {
                Ok(there) if (there.dev(), there.ino()) == (mine.dev(), mine.ino()) => {
                    return Ok(Some(Self { path, _file: file }));
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for GrantLock {
    fn drop(&mut self) {
        // While it is still held: a refresh token is used once, and its file would stay for ever.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::GrantLock;
    use crate::profile::Fingerprint;

    #[test]
    fn one_has_it_and_nothing_is_left_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let take = |name: &str| GrantLock::try_take(&state, &Fingerprint::from_stored(name)).unwrap();
        let first = take("aa").unwrap();
        assert!(take("aa").is_none());
        assert!(take("bb").is_some(), "another grant is another lock");
        drop(first);
        assert!(take("aa").is_some());
        assert_eq!(std::fs::read_dir(&state).unwrap().count(), 0);
    }

    #[test]
    fn it_is_never_had_by_two() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let inside = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut had = 0;
                    while had < 200 {
                        let Some(lock) = GrantLock::try_take(folder.path(), &Fingerprint::from_stored("aa")).unwrap()
                        else {
                            std::thread::yield_now();
                            continue;
                        };
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two have it");
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(lock);
                        had += 1;
                    }
                });
            }
        });
    }
}
