//! Reading a secret from a file.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rustix::fs::OFlags;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde_json::Value;

use crate::profile::secret::{LIMIT, SecretTrouble, trimmed};

/// Files that somebody waits for in vain, on a mount whose server is gone. Nobody can break such a read off, so no second
/// one is begun while the first hangs.
static HUNG: LazyLock<Mutex<HashSet<PathBuf>>> = LazyLock::new(Mutex::default);

type Bytes = Zeroizing<Vec<u8>>;

/// What is in the file.
///
/// # Errors
///
/// When it cannot be read, is too large, or does not come within `patience`.
pub(crate) fn read(alias: &str, path: &Path, patience: Duration) -> Result<Bytes, SecretTrouble> {
    let file = path.to_owned();
    let read = within(path, patience, move || read_whole(&file)).ok_or_else(|| SecretTrouble::TimedOut {
        alias: alias.to_owned(),
        what: path.display().to_string(),
        after: patience,
    })?;
    let bytes = read.map_err(|error| SecretTrouble::Unreadable {
        alias: alias.to_owned(),
        path: path.to_owned(),
        why: error.to_string(),
    })?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LIMIT {
        return Err(SecretTrouble::TooLarge(alias.to_owned()));
    }
    Ok(bytes)
}

/// The secret in `content`: all of it for the id `value`, else the text that the JSON pointer `id` leads to.
pub(crate) fn secret(content: &[u8], id: &str) -> Option<SecretString> {
    if id == "value" {
        return std::str::from_utf8(content).ok().and_then(trimmed);
    }
    let content: Value = serde_json::from_slice(content).ok()?;
    content.pointer(id).and_then(Value::as_str).and_then(trimmed)
}

fn read_whole(path: &Path) -> io::Result<Bytes> {
    // Opening a pipe would otherwise wait for whoever writes into it.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Bytes::default();
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What `work` on `path` comes to; `None` when it takes longer than `patience`, or an earlier one still does.
fn within<T: Send + 'static>(path: &Path, patience: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let hung = || HUNG.lock().unwrap_or_else(PoisonError::into_inner);
    if hung().contains(path) {
        return None;
    }
    let (sender, receiver) = mpsc::channel();
    let of = path.to_owned();
    thread::spawn(move || {
        let done = work();
        // Sent while the list is held: whoever gives up looks once more, with the list in hand.
        let mut hung = hung();
        hung.remove(&of);
        let _ = sender.send(done);
    });
    receiver.recv_timeout(patience).ok().or_else(|| {
        let mut hung = hung();
        let late = receiver.try_recv().ok();
        if late.is_none() {
            hung.insert(path.to_owned());
        }
        late
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn one_that_hangs_is_waited_for_once_and_read_again_when_it_is_back() {
        let path = Path::new("/a/mount/whose/server/is/gone");
        let (back, gone) = channel::<()>();
        let at_once = Duration::from_millis(1);
        let long = Duration::from_mins(1);
        assert_eq!(within(path, at_once, move || gone.recv().is_err()), None);
        assert_eq!(within(path, long, || true), None, "not even begun");
        assert_eq!(within(Path::new("/elsewhere"), long, || 1), Some(1));
        drop(back);
        while HUNG.lock().unwrap_or_else(PoisonError::into_inner).contains(path) {
            thread::yield_now();
        }
        assert_eq!(within(path, long, || 2), Some(2));
    }
}
