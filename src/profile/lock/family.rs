//! The family's lock, `<file>.lock`, in both its forms: a directory (January) and a file (April).

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde_json::{Value, json};

use crate::replace::{MARK, beside, temporary};

/// A lock that nobody renewed for so long is abandoned: the family's own rule, for both forms.
const STALE: Duration = Duration::from_secs(30);

/// A lock file without readable content is one that is being written, for so long.
const UNWRITTEN: Duration = Duration::from_secs(2);

/// The family's lock, taken by us. Dropping it lets go of it.
///
/// We make a file, as April does: April reads it, January's `mkdir` stumbles over it and waits. Left behind by a crash it
/// is recovered at once by us and, because its process is gone, by April.
#[derive(Debug)]
pub(crate) struct FamilyLock {
    path: PathBuf,
    file: File,
    identity: Identity,
}

/// What makes a lock the same one as before.
type Identity = (u64, u64);

/// What came of trying to take it.
pub(crate) enum Taking {
    /// It is ours.
    Taken(FamilyLock),
    /// Somebody else has it: who, in words.
    Held(String),
}

/// What a lock that is there turned out to be.
enum Verdict {
    Fresh(String),
    Stale(Metadata),
    Gone,
}

impl FamilyLock {
    /// Takes the lock at `path`, which the caller alone among modelpin processes may do: it holds the kernel lock.
    ///
    /// # Errors
    ///
    /// What the system said, when neither the lock can be made nor the one in the way be read.
    pub(crate) fn try_take(path: &Path) -> io::Result<Taking> {
        let folder = path.parent().unwrap_or(Path::new("."));
        // The age of a lock is measured by the clock of the file system that stamped it, which on a network drive is not
        // ours; a new file tells that clock, and becomes the lock.
        let mut file = tempfile::Builder::new().prefix(&temporary(path)).suffix(".tmp").tempfile_in(folder)?;
        let now = file.as_file().metadata()?.modified()?;
        file.write_all(content(now).as_bytes())?;
        match file.persist_noclobber(path) {
            Ok(file) => {
                let identity = identity(&file.metadata()?);
                return Ok(Taking::Taken(Self { path: path.to_owned(), file, identity }));
            }
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.error),
        }
        match judge(path, now, true)? {
            Verdict::Fresh(holder) => return Ok(Taking::Held(holder)),
            Verdict::Stale(found) => recover(path, &found)?,
            Verdict::Gone => {}
        }
        Ok(Taking::Held("a program that has just let go of it".to_owned()))
    }

    /// Shows that the lock is not abandoned.
    pub(crate) fn renew(&mut self) {
        // The first write moves the time of change, which the second one then states. Both have the length of what is
        // there, so a reader always finds it whole. If it fails, the lock grows old and the compare before the rename
        // protects the store.
        let renewed =
            self.file.write_all_at(b"{", 0).and_then(|()| self.file.metadata()).and_then(|found| found.modified());
        let _ = renewed.and_then(|now| self.file.write_all_at(content(now).as_bytes(), 0));
    }
}

impl Drop for FamilyLock {
    fn drop(&mut self) {
        // If it is no longer ours, somebody took it for abandoned; theirs is not ours to take away.
        let ours = fs::symlink_metadata(&self.path).is_ok_and(|found| identity(&found) == self.identity);
        if ours {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What stands in our lock: April's form, and who made it.
fn content(now: SystemTime) -> String {
    let at = Timestamp::try_from(now).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{:#}\n", json!({"pid": std::process::id(), "createdAt": format!("{at:.3}"), "by": "modelpin"}))
}

fn identity(found: &Metadata) -> Identity {
    (found.dev(), found.ino())
}

/// Whether there is a lock at `path` that nobody holds any more. Of one of ours that is told by its process and its age,
/// because the kernel lock is not asked for.
#[cfg(feature = "cli")]
pub(crate) fn is_abandoned(path: &Path, now: Timestamp) -> bool {
    matches!(judge(path, now.into(), false), Ok(Verdict::Stale(_)))
}

/// `alone`: whether the caller holds the kernel lock.
fn judge(path: &Path, now: SystemTime, alone: bool) -> io::Result<Verdict> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Verdict::Gone),
        Err(error) => return Err(error),
    };
    let age = now.duration_since(found.modified()?).unwrap_or_default();
    if age > STALE {
        return Ok(Verdict::Stale(found));
    }
    if found.is_dir() {
        return Ok(Verdict::Fresh("a program of the family (lock directory)".to_owned()));
    }
    let mut bytes = Vec::new();
    match OpenOptions::new().read(true).open(path) {
        Ok(file) => drop(file.take(4096).read_to_end(&mut bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Verdict::Gone),
        Err(error) => return Err(error),
    }
    let Ok(Value::Object(content)) = serde_json::from_slice::<Value>(&bytes) else {
        let abandoned = age > UNWRITTEN;
        let holder = "a program that has not yet said who it is".to_owned();
        return Ok(if abandoned { Verdict::Stale(found) } else { Verdict::Fresh(holder) });
    };
    let pid = content.get("pid").and_then(Value::as_u64);
    // No living modelpin can have it when the caller holds the kernel lock. (A process id says little here: in
    // containers everybody is process 1.)
    let ours = alone && content.get("by").and_then(Value::as_str) == Some("modelpin");
    let since = content.get("createdAt").and_then(created);
    let aged = since.is_none_or(|since| now.duration_since(since).unwrap_or_default() > STALE);
    if ours || aged || pid.is_none_or(is_dead) {
        return Ok(Verdict::Stale(found));
    }
    Ok(Verdict::Fresh(pid.map_or_else(|| "another program".to_owned(), |pid| format!("process {pid}"))))
}

/// `createdAt`: a date as text, or milliseconds.
fn created(value: &Value) -> Option<SystemTime> {
    let at = match value.as_str() {
        Some(text) => text.parse::<Timestamp>().ok()?,
        None => Timestamp::from_millisecond(value.as_i64()?).ok()?,
    };
    Some(SystemTime::from(at))
}

/// Whether no such process runs on this machine. Where the system does not list its processes, none is taken for dead.
fn is_dead(pid: u64) -> bool {
    Path::new("/proc/self").exists() && !Path::new(&format!("/proc/{pid}")).exists()
}

/// Takes an abandoned lock away.
///
/// It is renamed aside first and looked at again: if somebody else was quicker and this is already his, it goes back.
fn recover(path: &Path, judged: &Metadata) -> io::Result<()> {
    let aside = beside(path, &format!("{MARK}stale-{}-{}", std::process::id(), judged.ino()));
    match fs::rename(path, &aside) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    }
    let taken = fs::symlink_metadata(&aside)?;
    let same = identity(&taken) == identity(judged) && taken.modified()? == judged.modified()?;
    if !same {
        let back = renameat_with(CWD, &aside, CWD, path, RenameFlags::NOREPLACE);
        return match back {
            Ok(()) => Ok(()),
            // A third one has it by now; its owner learns of that by comparing before he writes.
            Err(_) => discard(&aside, taken.is_dir()),
        };
    }
    discard(&aside, taken.is_dir())
}

fn discard(aside: &Path, directory: bool) -> io::Result<()> {
    if directory { fs::remove_dir_all(aside) } else { fs::remove_file(aside) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
#[allow(clippy::disallowed_methods, reason = "a test plays the other programs, which write and date as they like")]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_lock_that_was_taken_aside_by_mistake_goes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("auth-profiles.json.lock");
        fs::write(&path, "old").unwrap();
        let judged = fs::symlink_metadata(&path).unwrap();
        // Kept under another name, so that the new one cannot get its inode.
        fs::rename(&path, folder.path().join("kept")).unwrap();
        fs::write(&path, "fresh").unwrap();
        recover(&path, &judged).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "fresh");
    }

    #[test]
    fn renewing_keeps_the_form_and_moves_the_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("auth-profiles.json.lock");
        let Taking::Taken(mut lock) = FamilyLock::try_take(&path).unwrap() else { panic!("it was free") };
        let old = SystemTime::now() - Duration::from_secs(20);
        lock.file.set_modified(old).unwrap();
        lock.renew();
        let found = fs::metadata(&path).unwrap();
        assert!(found.modified().unwrap() > old + Duration::from_secs(10));
        let content: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert!(created(&content["createdAt"]).unwrap() > old + Duration::from_secs(10));
        drop(lock);
        assert!(!path.exists());
    }
}
