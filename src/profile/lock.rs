//! Having an auth store file to oneself.
//!
//! Two locks are held at once. The kernel lock on a file of our own beside the store is the truth among modelpin
//! processes: it cannot be left behind by a crash. The family's `<file>.lock` is honoured and taken as well, so that its
//! programs wait for us and we for them.

mod family;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use backon::{BackoffBuilder, BlockingRetryable, ExponentialBuilder};

use crate::profile::StoreFileFault;
use crate::replace::{MARK, beside};
#[cfg(feature = "cli")]
pub(crate) use family::is_abandoned;
use family::{FamilyLock, Taking};

/// After so long the family's lock is renewed; the family takes one for abandoned after thirty seconds.
const RENEW_AFTER: Duration = Duration::from_secs(5);

/// Both locks. Dropping it lets go of the family's first, then of ours.
#[derive(Debug)]
pub(crate) struct Lock {
    family: Vec<FamilyLock>,
    // Held, not read: the kernel lets go of the lock when it is closed.
    _kernel: File,
    renewed: Instant,
}

/// Why a lock was not taken this time.
enum Held {
    /// Somebody has it: worth another try.
    By { lock: PathBuf, holder: String },
    /// Trying again would not help.
    Broken(StoreFileFault),
}

impl Lock {
    /// Takes the locks of `file`, whose symbolic links are resolved, waiting for at most `patience`.
    ///
    /// `family` are the places where the family's programs look for their lock: one, or two when the store is reached
    /// through a link, because January locks the target and April the link.
    ///
    /// # Errors
    ///
    /// [`StoreFileFault::Busy`] when somebody else has one of them all that time, or what the system refused.
    pub(crate) fn take(file: &Path, family: &[PathBuf], patience: Duration) -> Result<Self, StoreFileFault> {
        let own = beside(file, &format!("{MARK}lock"));
        let kernel = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&own)
            .map_err(|error| StoreFileFault::writing(&own, "creating the lock", &error))?;
        wait(patience, || match kernel.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(Held::By { lock: own.clone(), holder: holder(&kernel) }),
            Err(TryLockError::Error(error)) => Err(Held::Broken(StoreFileFault::writing(&own, "locking", &error))),
        })?;
        note_holder(&kernel);
        let mut lock = Self { family: Vec::new(), _kernel: kernel, renewed: Instant::now() };
        for path in family {
            let taken = wait(patience, || match FamilyLock::try_take(path) {
                Ok(Taking::Taken(taken)) => Ok(taken),
                Ok(Taking::Held(holder)) => Err(Held::By { lock: path.clone(), holder }),
                Err(error) => Err(Held::Broken(StoreFileFault::writing(path, "taking the lock", &error))),
            })?;
            lock.family.push(taken);
        }
        Ok(lock)
    }

    /// Shows the family that the lock is not abandoned, if it is held for long by now.
    pub(crate) fn renew(&mut self) {
        if self.renewed.elapsed() >= RENEW_AFTER {
            self.renewed = Instant::now();
            for lock in &mut self.family {
                lock.renew();
            }
        }
    }
}

/// Tries until it works, somebody is in the way for longer than `patience`, or it cannot work.
fn wait<T>(patience: Duration, attempt: impl FnMut() -> Result<T, Held>) -> Result<T, StoreFileFault> {
    let pauses = ExponentialBuilder::new()
        .with_min_delay(Duration::from_micros(500))
        .with_max_delay(Duration::from_millis(8))
        .with_jitter()
        .without_max_times()
        .with_total_delay(Some(patience))
        .build();
    let outcome = attempt.retry(pauses).when(|held| matches!(held, Held::By { .. })).call();
    outcome.map_err(|held| match held {
        Held::By { lock, holder } => StoreFileFault::Busy { lock, holder, waited: patience },
        Held::Broken(fault) => fault,
    })
}

/// Leaves our process id in the lock file, for the message of whoever waits for us in vain.
fn note_holder(mut kernel: &File) {
    let note = format!("{}\n", std::process::id());
    // The lock is the kernel's; the note is only for people, and a full disk is no reason to stop here.
    let _ = kernel
        .set_len(0)
        .and_then(|()| kernel.seek(SeekFrom::Start(0)))
        .and_then(|_| kernel.write_all(note.as_bytes()));
}

fn holder(mut kernel: &File) -> String {
    let mut note = String::new();
    let read = kernel.seek(SeekFrom::Start(0)).and_then(|_| kernel.take(32).read_to_string(&mut note));
    match (read, note.trim()) {
        (Ok(_), pid) if !pid.is_empty() => format!("another modelpin (process {pid})"),
        (Ok(_) | Err(_), _) => "another modelpin".to_owned(),
    }
}
