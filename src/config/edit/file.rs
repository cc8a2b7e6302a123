//! The files of the configuration: written one at a time, all of a file or nothing, with copies of what they held.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use backon::{BlockingRetryable as _, ConstantBuilder};

use crate::config::edit::EditFault;
use crate::config::include::Texts;
use crate::replace::{Refused, beside, place, prepared, prepared_alike, put_new, sweep};

/// How many copies are kept, as the family's programs do: `.bak`, and `.bak.1` to `.bak.4`.
const COPIES: usize = 5;

/// How long one waits for another modelpin that edits the same configuration.
const PATIENCE: Duration = Duration::from_secs(10);

/// The right to edit a configuration. The family's programs take no lock on theirs; whoever writes in between is met by
/// comparing before the rename.
#[derive(Debug)]
pub(crate) struct ConfigLock {
    // Held, not read: the kernel lets go of the lock when it is closed.
    _file: File,
}

impl ConfigLock {
    /// Waits for the lock of the configuration at `path`.
    ///
    /// # Errors
    ///
    /// What the system refused, or somebody else has it all the time.
    pub(crate) fn take(path: &Path) -> Result<Self, EditFault> {
        let fault = |path: &Path, step| {
            let path = path.to_owned();
            move |source| EditFault::writing(&path, step, source)
        };
        // Where a link leads is what all that edit it have in common.
        let path = &Texts::real(path);
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(fault(folder, "creating the folder"))?;
        }
        let own = beside(path, "modelpin-lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&own);
        let file = file.map_err(fault(&own, "creating the lock"))?;
        let pause = ConstantBuilder::new().with_delay(Duration::from_millis(5));
        let tries = usize::try_from(PATIENCE.as_millis() / 5).unwrap_or(1);
        let taken = (|| file.try_lock().map_err(io::Error::from)).retry(pause.with_max_times(tries)).call();
        taken.map_err(fault(&own, "waiting for another modelpin that edits it"))?;
        Ok(Self { _file: file })
    }

    /// Writes each file that changed, if it still holds what was read, and notes it in `written` with the copy of what it
    /// held before. Returns whether all of them did.
    ///
    /// Everything is on the disk before the first of them changes, so that a full one stops none halfway.
    ///
    /// # Errors
    ///
    /// What the system refused. The file it names is as it was.
    #[expect(clippy::unused_self, reason = "the lock is the right to write: only who has it gets here")]
    pub(crate) fn put<'a>(
        &self,
        changes: impl Iterator<Item = (&'a Path, Option<&'a str>, &'a str)>,
        written: &mut Vec<(PathBuf, Option<PathBuf>)>,
    ) -> Result<bool, EditFault> {
        let mut ready = Vec::new();
        for (path, before, after) in changes {
            sweep(path);
            let after = after.as_bytes();
            let file = if before.is_some() { prepared_alike(path, after) } else { prepared(path, after) };
            ready.push((path, before, file.map_err(fault(path))?));
        }
        let mut copies = Vec::new();
        for (path, before, _) in &ready {
            let copy = before.map(|before| keep_copy(path, before.as_bytes()));
            copies.push(copy.transpose().map_err(fault(path))?);
        }
        for ((path, before, file), copy) in ready.into_iter().zip(copies) {
            if !place(path, before.map(str::as_bytes), file).map_err(fault(path))? {
                return Ok(false);
            }
            written.retain(|(known, _)| known != path);
            written.push((path.to_owned(), copy));
        }
        Ok(true)
    }
}

fn fault(path: &Path) -> impl Fn(Refused) -> EditFault {
    move |Refused { step, source }| EditFault::writing(path, step, source)
}

/// Keeps what the file held as `<file>.bak`, and moves the older copies on by one. The same again is not kept twice.
fn keep_copy(path: &Path, before: &[u8]) -> Result<PathBuf, Refused> {
    let copy = |number: usize| beside(path, &if number == 0 { "bak".to_owned() } else { format!("bak.{number}") });
    let newest = copy(0);
    if fs::read(&newest).is_ok_and(|kept| kept == before) {
        return Ok(newest);
    }
    let step = "keeping a copy of it";
    let file = prepared(&newest, before).map_err(|refused| Refused { step, ..refused })?;
    for number in (1..COPIES).rev() {
        match fs::rename(copy(number - 1), copy(number)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Refused { step, source: error }),
            Ok(()) | Err(_) => {}
        }
    }
    // A program of the family may have put its own there meanwhile: that holds what it replaced.
    put_new(&newest, file).map_err(|refused| Refused { step, ..refused })?;
    Ok(newest)
}
