//! One gateway for each state directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The name of its file in the state directory.
const NAME: &str = "modelpin-gateway.lock";

/// The state directory is ours to serve, until this is dropped. The file stays, for a lock on one that is removed is none.
#[derive(Debug)]
pub(crate) struct GatewayLock {
    // Held, not read: the kernel lets go of the lock when it is closed.
    _file: File,
}

/// The state directory could not be had.
#[derive(Debug)]
pub(crate) enum Unlocked {
    /// Another gateway serves it: its process, where the file says so.
    Held(Option<u32>),
    /// There can be no lock. The caller goes on without one where the directory can only be read.
    Broken(io::Error),
}

impl GatewayLock {
    /// Takes the lock of `state_dir`, and notes who has it.
    ///
    /// # Errors
    /// [`Unlocked`] says who has it, or why there can be none.
    pub(crate) fn take(state_dir: &Path) -> Result<Self, Unlocked> {
        let path = state_dir.join(NAME);
        let mut options = OpenOptions::new();
        let options = options.create(true).truncate(false).read(true).write(true).mode(0o600);
        let mut file = options.open(path).map_err(Unlocked::Broken)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Unlocked::Held(holder(&mut file))),
            Err(TryLockError::Error(fault)) => return Err(Unlocked::Broken(fault)),
        }
        // The number is for people; the lock counts without it.
        let noted = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        if let Err(fault) = noted {
            tracing::debug!(%fault, "the lock of the gateway does not say who has it");
        }
        Ok(Self { _file: file })
    }
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::{GatewayLock, Unlocked};

    #[test]
    fn a_second_one_is_told_who_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let lock = GatewayLock::take(folder.path()).unwrap();
        let second = GatewayLock::take(folder.path());
        assert!(matches!(second, Err(Unlocked::Held(Some(pid))) if pid == std::process::id()), "{second:?}");
        drop(lock);
        GatewayLock::take(folder.path()).unwrap();
        let nowhere = GatewayLock::take(&folder.path().join("nowhere"));
        assert!(matches!(nowhere, Err(Unlocked::Broken(_))), "{nowhere:?}");
    }
}
