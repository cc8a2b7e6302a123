//! What a commit costs the disk at the least.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Appends pages to a log that has room for them, as SQLite does, and syncs each.
pub(crate) struct LogSync {
    file: File,
    frames: u64,
}

impl LogSync {
    /// A page and the header that goes before it in a log, in bytes.
    const FRAME: usize = 4096 + 24;
    /// After so many frames the log begins anew.
    const ROOM: u64 = 2_000;

    pub(crate) fn new(path: &Path) -> Self {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path).unwrap();
        let room = usize::try_from(Self::ROOM).unwrap();
        file.write_all(&vec![0; room * Self::FRAME]).unwrap();
        file.sync_all().unwrap();
        Self { file, frames: 0 }
    }

    /// Appends one frame, and returns how long that and its `fdatasync` took.
    pub(crate) fn append(&mut self) -> Duration {
        let frame = [self.frames.to_le_bytes()[0]; Self::FRAME];
        let start = Instant::now();
        let at = self.frames % Self::ROOM * Self::FRAME as u64;
        self.file.write_all_at(&frame, at).unwrap();
        self.file.sync_data().unwrap();
        self.frames += 1;
        start.elapsed()
    }
}
