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

/// When a login was last renewed, where that is said beside it.
#[cfg(any(target_os = "macos", test))]
pub(crate) fn last_refresh(content: &Value) -> Option<Timestamp> {
    content.get("last_refresh").and_then(Value::as_str).and_then(|time| time.parse().ok())
}

/// Of a login in a file and one in a keychain, the one that is good for longer. That one of them is of no use counts only
/// where the other one is not there.
pub(crate) fn better(
    file: Result<Option<Login>, String>,
    keychain: Result<Option<Login>, String>,
) -> Result<Option<Login>, String> {
    match (file, keychain) {
        (Ok(Some(file)), Ok(Some(keychain))) => Ok(Some(if keychain.expires > file.expires { keychain } else { file })),
        (Ok(Some(login)), _) | (_, Ok(Some(login))) => Ok(Some(login)),
        (Err(why), _) | (Ok(None), Err(why)) => Err(why),
        (Ok(None), Ok(None)) => Ok(None),
    }
}

/// A field that is text and not blank, trimmed.
pub(crate) fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In words: the end of the login in seconds, `none`, or what is wrong.
    fn of(text: &str) -> Result<Option<Login>, String> {
        match (text, text.parse().map(Timestamp::from_second)) {
            ("none", _) => Ok(None),
            (_, Ok(Ok(expires))) => {
                Ok(Some(Login { access: SecretString::from(text), refresh: None, expires, account: None }))
            }
            (why, _) => Err(why.to_owned()),
        }
    }

    #[test]
    fn of_two_places_the_better_one_counts() {
        for (file, keychain, expected) in [
            ("5", "9", "9"),
            ("9", "5", "9"),
            ("5", "none", "5"),
            ("none", "5", "5"),
            ("no JSON", "5", "5"),
            ("5", "no answer", "5"),
            ("no JSON", "no answer", "no JSON"),
            ("none", "no answer", "no answer"),
            ("none", "none", "none"),
        ] {
            let found = match better(of(file), of(keychain)) {
                Ok(Some(login)) => login.expires.as_second().to_string(),
                Ok(None) => "none".to_owned(),
                Err(why) => why,
            };
            assert_eq!(found, expected, "{file} and {keychain}");
        }
    }
}
