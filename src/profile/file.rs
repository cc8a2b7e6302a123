//! One auth store file: read without a lock, written so that nothing is ever lost.

pub(crate) mod put;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use backon::{BlockingRetryable, ConstantBuilder};
#[cfg(feature = "cli")]
use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;

use crate::profile::fingerprint::short_hash;
use crate::profile::lock::Lock;
#[cfg(feature = "cli")]
use crate::profile::lock::is_abandoned;
use crate::profile::{Document, StoreFileFault};
use crate::redact;
#[cfg(feature = "cli")]
use crate::replace::leftovers;
use crate::replace::{beside, put_new, sweep, sync_folder};
use put::Put;

/// How long a writer waits for the locks.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a change is begun anew because somebody who ignores the locks was quicker.
pub(crate) const ATTEMPTS: usize = 100;

/// The bytes of a store; wiped from memory when dropped.
type Bytes = Zeroizing<Vec<u8>>;

/// An auth store file, there or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthFile {
    path: PathBuf,
    patience: Duration,
}

/// What a write did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<T> {
    /// The file that was written: the real one, behind any symbolic link.
    pub path: PathBuf,
    /// Whether anything had to be written; if not, not a byte was touched.
    pub changed: bool,
    /// What the change returned, the first time if it had to be applied again.
    pub value: T,
}

/// What was made of a document, and whether it is to be.
pub(crate) struct Change<T> {
    pub(crate) value: T,
    /// If not, the document is as it was.
    pub(crate) stands: bool,
}

impl<T> Change<T> {
    /// A change that is to be.
    pub(crate) fn made(value: T) -> Self {
        Self { value, stands: true }
    }
}

impl AuthFile {
    /// The store at `path`, which may be a symbolic link to it.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), patience: PATIENCE }
    }

    /// The same, waiting for at most `patience` for its locks.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it, without a lock and without writing anything.
    ///
    /// # Errors
    ///
    /// [`StoreFileFault::Corrupt`], [`StoreFileFault::NotAStore`] or [`StoreFileFault::Unreadable`]. A file that is not
    /// there is no fault but a [`Document`] whose presence is `Missing`.
    pub fn read(&self) -> Result<Document, StoreFileFault> {
        Ok(read_whole(&self.path, Duration::from_millis(40))?.1)
    }

    /// Locks the file for writing. The lock is the only way to write.
    ///
    /// # Errors
    ///
    /// [`StoreFileFault::Busy`], or what the system refused.
    pub fn lock(&self) -> Result<Guard, StoreFileFault> {
        let guard = self.take()?;
        sweep(&guard.path);
        Ok(guard)
    }

    fn take(&self) -> Result<Guard, StoreFileFault> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(|error| StoreFileFault::writing(folder, "creating the folder", &error))?;
        }
        let target =
            real(&self.path, 40).map_err(|error| StoreFileFault::writing(&self.path, "following it", &error))?;
        let lock = Lock::take(&target, &self.lock_places(&target), self.patience)?;
        Ok(Guard { path: target, lock })
    }

    /// Where the family's programs look for the lock of `target`, which this is, or leads to.
    fn lock_places(&self, target: &Path) -> Vec<PathBuf> {
        let mut places = vec![beside(target, "lock")];
        let link = beside(&in_real_folder(&self.path).unwrap_or_else(|_| self.path.clone()), "lock");
        if link != places[0] {
            places.push(link);
        }
        places
    }

    /// Locks the file, applies `change` to what is in it, and writes it back; nothing is written when nothing changed.
    ///
    /// `change` is applied again to the newer content when somebody who ignores the locks wrote in between, so it must
    /// say what is to be, not count.
    ///
    /// # Errors
    ///
    /// Any [`StoreFileFault`]; the file then holds what it held, or what somebody else put there.
    pub fn edit<T>(&self, change: impl FnMut(&mut Document) -> T) -> Result<Written<T>, StoreFileFault> {
        self.lock()?.write(change)
    }

    /// Does `work` while nobody who honours the locks can write, and leaves everything beside the file as it is.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::lock`].
    #[cfg(feature = "cli")]
    pub(crate) fn hold<T>(&self, work: impl FnOnce() -> T) -> Result<T, StoreFileFault> {
        let guard = self.take()?;
        let value = work();
        drop(guard);
        Ok(value)
    }

    /// The locks of the family that nobody holds any more. Nothing is taken and nothing is written.
    #[cfg(feature = "cli")]
    pub(crate) fn abandoned_locks(&self, now: Timestamp) -> Vec<PathBuf> {
        let Ok(target) = real(&self.path, 40) else { return Vec::new() };
        self.lock_places(&target).into_iter().filter(|place| is_abandoned(place, now)).collect()
    }

    /// What a write that was cut off has left beside the file. Writers sweep it away before the next write.
    #[cfg(feature = "cli")]
    pub(crate) fn leftovers(&self, now: Timestamp) -> Vec<PathBuf> {
        real(&self.path, 40).map(|target| leftovers(&target, now)).unwrap_or_default()
    }

    /// Keeps a copy of what is in the file as `<file>.bak-<hash>`, once for each content, mode 0600. Returns where it is;
    /// `None` when there is no file.
    ///
    /// # Errors
    ///
    /// It cannot be read, or the copy not be written.
    #[cfg(feature = "cli")]
    pub(crate) fn keep_copy(&self) -> Result<Option<PathBuf>, StoreFileFault> {
        let target = real(&self.path, 40).unwrap_or_else(|_| self.path.clone());
        let Some(bytes) = load(&target)? else { return Ok(None) };
        let copy = beside(&target, &format!("bak-{}", short_hash(&bytes)));
        if !copy.exists() {
            put_new(&copy, put::prepared(&copy, &bytes)?).map_err(put::fault(&copy))?;
        }
        Ok(Some(copy))
    }

    /// Keeps a copy of a file that does not parse as `<file>.corrupt-<hash>`, once for each content, mode 0600.
    ///
    /// A writer does it by itself before it gives up. Readers never write, so a long-running program calls this once
    /// after a [`StoreFileFault::Corrupt`], and `doctor` does. Returns where the copy is; `None` when there is nothing to
    /// keep, or nowhere to keep it (a folder that must not be written is no fault here).
    pub fn keep_corrupt_copy(&self) -> Option<PathBuf> {
        let bytes = load(&self.path).ok()??;
        match Document::parse(&bytes, &self.path) {
            Ok(_) => None,
            Err(_) => keep_aside(&self.path, &bytes),
        }
    }
}

/// The right to write one file, once.
#[derive(Debug)]
pub struct Guard {
    path: PathBuf,
    lock: Lock,
}

impl Guard {
    /// What is in the file now that nobody who honours the locks can change it.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::read`].
    pub fn read(&self) -> Result<Document, StoreFileFault> {
        Ok(read_whole(&self.path, Duration::from_millis(500))?.1)
    }

    /// Applies `change` to what is in the file and writes it back, as [`AuthFile::edit`] does, and lets go of the lock.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::edit`].
    pub fn write<T>(self, mut change: impl FnMut(&mut Document) -> T) -> Result<Written<T>, StoreFileFault> {
        self.write_what_stands(|document| Change::made(change(document)))
    }

    /// [`Guard::write`] for a change that may turn out not to be one.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::edit`].
    pub(crate) fn write_what_stands<T>(
        mut self,
        change: impl FnMut(&mut Document) -> Change<T>,
    ) -> Result<Written<T>, StoreFileFault> {
        self.write_by(change, put::put)
    }

    /// The same, and then `check` over what is read back, still under the lock. Where it says no, the file is given the
    /// bytes back that it had, and `None` is returned.
    ///
    /// # Errors
    ///
    /// As [`AuthFile::edit`]; also when what was written cannot be taken back.
    pub(crate) fn write_checked<T>(
        mut self,
        change: impl FnMut(&mut Document) -> Change<T>,
        mut check: impl FnMut(&Document, &T) -> bool,
    ) -> Result<Option<Written<T>>, StoreFileFault> {
        let before = load(&self.path)?;
        let written = self.write_by(change, put::put)?;
        let (now, found) = read_whole(&self.path, Duration::from_millis(500))?;
        if !written.changed || check(&found, &written.value) {
            return Ok(Some(written));
        }
        match (before, now) {
            (Some(before), now) => match put::put(&self.path, now.as_ref().map(|bytes| bytes.as_slice()), &before)? {
                Put::Done => Ok(None),
                Put::Moved | Put::Displaced(_) => Err(StoreFileFault::Contended { path: self.path.clone() }),
            },
            (None, _) => match fs::remove_file(&self.path) {
                Ok(()) => sync_folder(&self.path).map(|()| None).map_err(put::fault(&self.path)),
                Err(error) => Err(StoreFileFault::writing(&self.path, "taking it away again", &error)),
            },
        }
    }

    /// [`Guard::write`] with the step that touches the disk as an argument, so that a test can come between.
    fn write_by<T>(
        &mut self,
        mut change: impl FnMut(&mut Document) -> Change<T>,
        mut put: impl FnMut(&Path, Option<&[u8]>, &[u8]) -> Result<Put, StoreFileFault>,
    ) -> Result<Written<T>, StoreFileFault> {
        // What the change returned when it was first written, and the bytes of the last write.
        let mut last: Option<(T, Bytes)> = None;
        // What others wrote and our exchange took out of its place, with what it was written over.
        let mut displaced: Vec<(Document, Document)> = Vec::new();
        for _ in 0..ATTEMPTS {
            self.lock.renew();
            // A writer that does not look may have had the last word while ours was being synced. So this is only over
            // when the file, read once more, has all of it.
            if let Some((value, bytes)) = last.take_if(|(_, bytes)| self.holds(bytes)) {
                drop(bytes);
                return Ok(Written { path: self.path.clone(), changed: true, value });
            }
            let (before, found) =
                read_whole(&self.path, Duration::from_millis(500)).inspect_err(|_| self.keep_aside())?;
            let unchanged = || {
                displaced.iter().fold(found.clone(), |mut merged, (base, theirs)| {
                    merged.merge(base, theirs);
                    merged
                })
            };
            let mut wanted = unchanged();
            let Change { value, stands } = change(&mut wanted);
            if !stands {
                wanted = unchanged();
            }
            if wanted == found {
                let changed = last.is_some();
                return Ok(Written { path: self.path.clone(), changed, value: last.map_or(value, |(first, _)| first) });
            }
            let after = Zeroizing::new(wanted.into_bytes());
            match put(&self.path, before.as_ref().map(|bytes| bytes.as_slice()), &after)? {
                Put::Moved => {}
                Put::Done => last = Some((last.map_or(value, |(first, _)| first), after)),
                Put::Displaced(theirs) => {
                    displaced.extend(theirs.map(|theirs| (found, theirs)));
                    // Not in its final form yet: no bytes to be recognised by.
                    last = Some((last.map_or(value, |(first, _)| first), Zeroizing::default()));
                }
            }
        }
        Err(StoreFileFault::Contended { path: self.path.clone() })
    }

    fn holds(&self, bytes: &[u8]) -> bool {
        !bytes.is_empty() && load(&self.path).is_ok_and(|found| found.is_some_and(|found| found.as_slice() == bytes))
    }

    fn keep_aside(&self) {
        if let Ok(Some(bytes)) = load(&self.path)
            && Document::parse(&bytes, &self.path).is_err()
        {
            keep_aside(&self.path, &bytes);
        }
    }
}

/// The bytes of the file; `None` when there is none.
fn load(path: &Path) -> Result<Option<Bytes>, StoreFileFault> {
    let read = File::open(path).and_then(|mut file| {
        let size = file.metadata()?.len();
        let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1));
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreFileFault::reading(path, &error)),
    }
}

/// What is in the file, and its bytes. One that does not parse is looked at again for a while: January's programs write
/// in place, and what looks broken may only be unfinished.
fn read_whole(path: &Path, patience: Duration) -> Result<(Option<Bytes>, Document), StoreFileFault> {
    let attempt = || match load(path)? {
        None => Ok((None, Document::missing())),
        Some(bytes) => Document::parse(&bytes, path).map(|document| (Some(bytes), document)),
    };
    let pause = Duration::from_millis(5);
    let times = usize::try_from(patience.as_millis() / pause.as_millis()).unwrap_or(1);
    attempt
        .retry(ConstantBuilder::new().with_delay(pause).with_max_times(times))
        .when(|fault| matches!(fault, StoreFileFault::Corrupt { .. }))
        .call()
        .inspect(|(_, document)| redact::learn(&document.secrets()))
}

/// Writes the bytes beside the file under a name that their content decides.
fn keep_aside(path: &Path, bytes: &[u8]) -> Option<PathBuf> {
    let aside = beside(path, &format!("corrupt-{}", short_hash(bytes)));
    if aside.exists() {
        return Some(aside);
    }
    let ready = put::prepared(&aside, bytes).ok()?;
    put_new(&aside, ready).ok().map(|_| aside)
}

/// The file behind `path` and any links, there or not, in a folder without links.
fn real(path: &Path, links: usize) -> io::Result<PathBuf> {
    match fs::read_link(path) {
        Ok(_) if links == 0 => Err(io::Error::other("too many symbolic links")),
        Ok(target) => real(&path.parent().unwrap_or(Path::new("")).join(target), links - 1),
        Err(_) => in_real_folder(path),
    }
}

/// `path` with the links in its folder resolved.
fn in_real_folder(path: &Path) -> io::Result<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    Ok(fs::canonicalize(folder)?.join(name))
}
