//! Putting new content in the place of a store, all of it or nothing.

use std::path::Path;
use std::time::Duration;

use secrecy::zeroize::Zeroizing;
use tempfile::{NamedTempFile, TempPath};

use crate::profile::file::{keep_aside, load, read_whole};
use crate::profile::{AuthFile, Document, StoreFileFault};
use crate::replace::{self, Exchanged, Refused, put_new, sync_folder};

impl AuthFile {
    /// Puts `document` there, mode 0600, if there is no file yet. Returns whether there was none.
    ///
    /// # Errors
    ///
    /// What the system refused; nothing is left behind.
    pub fn put_new(&self, document: Document) -> Result<bool, StoreFileFault> {
        let bytes = Zeroizing::new(document.into_bytes());
        put_new(self.path(), prepared(self.path(), &bytes)?).map_err(fault(self.path()))
    }
}

/// What came of it.
pub(crate) enum Put {
    /// The new content is in place and durable.
    Done,
    /// The file was no longer the one that was read; nothing was done.
    Moved,
    /// The new content is in place, but somebody else's came between: here it is, unless it makes no sense.
    Displaced(Option<Document>),
}

/// Puts `after` into the file at `path` if it still holds `before` (`None`: if it is not there).
///
/// The last look and the rename are two steps, and a writer that ignores the locks can come between. So the names are
/// exchanged instead: what was in the place is then in our hands, and is looked at once more before it goes.
///
/// # Errors
///
/// What the system refused; the file is then as it was.
pub(crate) fn put(path: &Path, before: Option<&[u8]>, after: &[u8]) -> Result<Put, StoreFileFault> {
    let ready = prepared(path, after)?;
    let now = load(path)?;
    if now.as_ref().map(|bytes| bytes.as_slice()) != before {
        return Ok(Put::Moved);
    }
    place(path, before, ready)
}

/// The step after the last look.
pub(crate) fn place(path: &Path, before: Option<&[u8]>, ready: NamedTempFile) -> Result<Put, StoreFileFault> {
    let Some(before) = before else {
        let is_new = put_new(path, ready).map_err(fault(path))?;
        return Ok(if is_new { Put::Done } else { Put::Moved });
    };
    match replace::exchange(path, ready.into_temp_path()).map_err(fault(path))? {
        Exchanged::Done(taken) => {
            let outcome = displaced(path, &taken, before);
            drop(taken);
            sync_folder(path).map_err(fault(path))?;
            outcome
        }
        Exchanged::Gone => Ok(Put::Moved),
        // The last look has to do.
        Exchanged::Blind => Ok(Put::Done),
    }
}

/// What the exchange took out of its place.
fn displaced(path: &Path, taken: &TempPath, before: &[u8]) -> Result<Put, StoreFileFault> {
    if load(taken)?.is_some_and(|bytes| bytes.as_slice() == before) {
        return Ok(Put::Done);
    }
    // Somebody wrote, or is writing: into this very file, if he had it open. He is given time to finish.
    match read_whole(taken, Duration::from_secs(2)) {
        Ok((_, document)) => Ok(Put::Displaced(Some(document))),
        Err(StoreFileFault::Corrupt { .. } | StoreFileFault::NotAStore { .. }) => {
            if let Some(bytes) = load(taken)? {
                keep_aside(path, &bytes);
            }
            Ok(Put::Displaced(None))
        }
        Err(fault) => Err(fault),
    }
}

/// The new content in a file of its own beside `path`, synced.
pub(crate) fn prepared(path: &Path, content: &[u8]) -> Result<NamedTempFile, StoreFileFault> {
    replace::prepared(path, content).map_err(fault(path))
}

/// What a refusal, met at writing `path`, is to the caller.
pub(crate) fn fault(path: &Path) -> impl Fn(Refused) -> StoreFileFault {
    move |Refused { step, source }| StoreFileFault::writing(path, step, &source)
}
