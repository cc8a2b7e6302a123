//! What all of these programs keep, each in its own words.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use backon::{BlockingRetryable, ConstantBuilder};
use jiff::Timestamp;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde_json::{Map, Value};

use crate::redact;

/// A login file is small; more than this is none.
const LIMIT: u64 = 1024 * 1024;

/// A login, as far as it is used here.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) access: SecretString,
    /// Kept only where the person opted in.
    pub(crate) refresh: Option<SecretString>,
    pub(crate) expires: Timestamp,
    pub(crate) account: Option<String>,
}

/// What stood in a file, and since when.
pub(crate) struct Content {
    pub(crate) value: Value,
    pub(crate) modified: Option<Timestamp>,
}

/// Why a file could not be read.
enum Trouble {
    /// It may only be unfinished: these programs write in place.
    Unfinished(String),
    Other(String),
}

/// What is in the file; `None` when there is none.
///
/// One that does not parse is looked at again for as long as `patience`.
///
/// # Errors
///
/// Says in words, without a secret, why it cannot be read.
pub(crate) fn read(path: &Path, patience: Duration) -> Result<Option<Content>, String> {
    let pause = Duration::from_millis(5);
    let times = usize::try_from(patience.as_millis() / pause.as_millis()).unwrap_or(0);
    let read = (|| read_once(path))
        .retry(ConstantBuilder::new().with_delay(pause).with_max_times(times))
        .when(|trouble| matches!(trouble, Trouble::Unfinished(_)))
        .call();
    read.map_err(|trouble| match trouble {
        Trouble::Unfinished(why) | Trouble::Other(why) => why,
    })
}

fn read_once(path: &Path) -> Result<Option<Content>, Trouble> {
    let other = |error: io::Error| Trouble::Other(format!("it cannot be read: {error}"));
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(other(error)),
    };
    // Opening a pipe would wait for whoever writes into it.
    if !found.is_file() {
        return Err(Trouble::Other("it is not a regular file".to_owned()));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(found.len().min(LIMIT)).unwrap_or(0) + 1));
    File::open(path).and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes)).map_err(other)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LIMIT {
        return Err(Trouble::Other("it is larger than 1 MiB".to_owned()));
    }
    let value = serde_json::from_slice(&bytes).map_err(|_| Trouble::Unfinished("it is not valid JSON".to_owned()))?;
    // All of them: what is not used here is just as secret.
    redact::learn(&redact::secrets_in(&value));
    Ok(Some(Content { value, modified: found.modified().ok().and_then(|time| Timestamp::try_from(time).ok()) }))
}

/// A field that is text and not blank, trimmed.
pub(crate) fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}
