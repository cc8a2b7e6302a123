//! Files that are read again when they change, told without reading them.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Files are read once more after so long. Times on disk are coarse: a writer in place may change a file twice within one
/// tick, the second time unseen.
const SECOND_LOOK: Duration = Duration::from_millis(50);

/// Some files, as they were before they were last read.
#[derive(Debug)]
pub(crate) struct Watched {
    seen: Vec<(PathBuf, Option<Stamp>)>,
    /// When they were last to be read; `None` before the first time.
    looked: Option<Instant>,
    /// Whether they were the same at two looks that were far enough apart.
    settled: bool,
}

/// What changes when a file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Watched {
    /// Files that have not been read yet.
    pub(crate) fn new(files: impl IntoIterator<Item = PathBuf>) -> Self {
        let seen = files.into_iter().map(|file| (file, None)).collect();
        Self { seen, looked: None, settled: false }
    }

    /// Whether they are to be read now. The look is older than what is then read, so that a change in between shows at
    /// the next one.
    pub(crate) fn is_due(&mut self) -> bool {
        let mut same = true;
        for (file, seen) in &mut self.seen {
            let now = stamp(file);
            same &= *seen == now;
            *seen = now;
        }
        if same && self.looked.is_some_and(|looked| self.settled || looked.elapsed() < SECOND_LOOK) {
            return false;
        }
        self.settled = same && self.looked.is_some();
        self.looked = Some(Instant::now());
        true
    }

    /// It turned out, as they were read, that these are the files. One that is new here was looked at too late to tell
    /// whether it has changed since; the second look makes up for it.
    pub(crate) fn found(&mut self, files: Vec<PathBuf>) {
        let known = std::mem::take(&mut self.seen);
        for file in files {
            let before = known.iter().find(|(path, _)| *path == file).map(|(_, stamp)| *stamp);
            self.settled &= before.is_some();
            let seen = before.unwrap_or_else(|| stamp(&file));
            self.seen.push((file, seen));
        }
    }
}

/// `None` for a file that is not there.
fn stamp(path: &Path) -> Option<Stamp> {
    let found = fs::metadata(path).ok()?;
    Some(Stamp {
        device: found.dev(),
        inode: found.ino(),
        size: found.size(),
        modified: (found.mtime(), found.mtime_nsec()),
        changed: (found.ctime(), found.ctime_nsec()),
    })
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test writes as others do, and stops at a surprise"
)]
mod tests {
    use super::*;

    /// As if it had been so long.
    fn later(watched: &mut Watched) {
        watched.looked = watched.looked.map(|looked| looked.checked_sub(SECOND_LOOK).unwrap());
    }

    #[test]
    fn files_are_read_at_first_and_once_more_and_when_they_change() {
        let folder = tempfile::tempdir().unwrap();
        let (here, not_yet) = (folder.path().join("here"), folder.path().join("not-yet"));
        fs::write(&here, "a").unwrap();
        let mut watched = Watched::new([here.clone(), not_yet.clone()]);
        assert!(watched.is_due(), "never read");
        assert!(!watched.is_due(), "just read");
        later(&mut watched);
        assert!(watched.is_due(), "the second look");
        later(&mut watched);
        assert!(!watched.is_due(), "settled");
        for change in [|path: &Path| fs::write(path, "longer").unwrap(), |path: &Path| fs::remove_file(path).unwrap()] {
            change(&here);
            assert!(watched.is_due(), "changed");
            assert!(!watched.is_due());
        }
        fs::write(not_yet, "").unwrap();
        assert!(watched.is_due(), "one came");
    }

    #[test]
    fn a_file_that_was_found_while_reading_is_read_once_more() {
        let folder = tempfile::tempdir().unwrap();
        let (main, included) = (folder.path().join("main"), folder.path().join("included"));
        fs::write(&main, "").unwrap();
        fs::write(&included, "").unwrap();
        let mut watched = Watched::new([main.clone()]);
        assert!(watched.is_due());
        later(&mut watched);
        assert!(watched.is_due());
        fs::write(&main, "changed after the look, before it was read").unwrap();
        watched.found(vec![main, included]);
        assert!(watched.is_due(), "the stamp of before counts");
        later(&mut watched);
        assert!(watched.is_due(), "and so does the second look");
    }
}
