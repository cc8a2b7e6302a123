//! The header of the WAL index: 48 bytes that differ after every commit of any process.
//!
//! SQLite keeps beside a database in WAL mode a file `…-shm`, mapped by every process that uses the database. It begins
//! with a header that is rewritten by each commit, after the log was synced and before the commit returns
//! (<https://sqlite.org/walformat.html>): a counter of commits, the number of frames, a checksum over all of them, two
//! salts, and a checksum of the header itself. Equal bytes mean that nothing was committed in between. Reading them costs
//! one `pread`; asking SQLite (`PRAGMA data_version`) costs a read transaction.
//!
//! The file must be read through a descriptor of our own, and POSIX gives that a trap: when a process closes *any*
//! descriptor of a file, it loses *all* its locks on that file, those of SQLite's connections included. Therefore
//!
//! - one descriptor per file serves the whole process, however many stores are open on it ([`SHARED`]);
//! - it is opened when a connection has the file mapped already, so that it is the same file, and nobody else deletes it;
//! - every connection carries a handle that is dropped after it, and the last handle closes the descriptor, with
//!   [`SHARED`] held; so nobody can be in between opening a connection and taking a handle.
//!
//! For the same reason nothing in this process may open and close the database's files by itself while a store is open.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// The header as it is in memory: native byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header([u8; 48]);

impl Header {
    /// How many commits there were since the index was made; wraps around.
    fn commits(&self) -> u32 {
        self.word(8)
    }

    /// How many frames the log holds.
    pub(crate) fn frames(&self) -> u32 {
        self.word(16)
    }

    /// Whether exactly one commit lies between `before` and this. It is ours if we made one.
    pub(crate) fn is_next_after(&self, before: &Self) -> bool {
        self.commits() == before.commits().wrapping_add(1)
    }

    fn word(&self, at: usize) -> u32 {
        let mut word = [0; 4];
        word.copy_from_slice(&self.0[at..at + 4]);
        u32::from_ne_bytes(word)
    }
}

/// Which file it is, whatever it is called: device and inode.
type FileId = (u64, u64);

/// Descriptors, each with the number of its handles.
type Descriptors = HashMap<FileId, (Arc<File>, usize)>;

/// The descriptors of this process.
static SHARED: LazyLock<Mutex<Descriptors>> = LazyLock::new(Mutex::default);

/// A handle on the WAL index of one database.
#[derive(Debug)]
pub(crate) struct WalIndex {
    id: FileId,
    file: Option<Arc<File>>,
}

/// Held while a first connection is opened and [`Opening::handle`] is taken.
pub(crate) struct Opening(MutexGuard<'static, Descriptors>);

impl Opening {
    /// Waits until no other store of this process is opening or closing a WAL index.
    pub(crate) fn begin() -> Self {
        Self(SHARED.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A handle on the WAL index of `database`, on which this process MUST have a connection that has read something.
    ///
    /// `None` where there is none or this platform does not show writes through a mapping to readers of the file: then
    /// every load goes to SQLite.
    pub(crate) fn handle(mut self, database: &Path) -> Option<WalIndex> {
        let path = beside(database, "-shm");
        let id = file_id(&path)?;
        if let Some((file, handles)) = self.0.get_mut(&id) {
            *handles += 1;
            return Some(WalIndex { id, file: Some(Arc::clone(file)) });
        }
        let file = Arc::new(File::open(&path).ok()?);
        self.0.insert(id, (Arc::clone(&file), 1));
        Some(WalIndex { id, file: Some(file) })
    }
}

impl WalIndex {
    /// The header as it is now. While another process writes it, the bytes may be a mixture; that is equal to no header
    /// there ever was, and so reads as a change.
    pub(crate) fn header(&self) -> Option<Header> {
        let mut bytes = [0; 48];
        read_at_start(self.file.as_ref()?, &mut bytes).then_some(Header(bytes))
    }
}

impl Drop for WalIndex {
    fn drop(&mut self) {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.file.take());
        if let Some((_, handles)) = shared.get_mut(&self.id) {
            *handles -= 1;
            if *handles == 0 {
                shared.remove(&self.id);
            }
        }
    }
}

/// The file that SQLite keeps beside `database` under this suffix.
pub(crate) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Systems on which a file and its mappings are one and the same memory.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos", target_os = "freebsd"))]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos", target_os = "freebsd")))]
fn file_id(_: &Path) -> Option<FileId> {
    None
}

#[cfg(unix)]
fn read_at_start(file: &File, bytes: &mut [u8]) -> bool {
    use std::os::unix::fs::FileExt;
    file.read_exact_at(bytes, 0).is_ok()
}

#[cfg(not(unix))]
fn read_at_start(_: &File, _: &mut [u8]) -> bool {
    false
}
