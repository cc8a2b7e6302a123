//! A renewed login, put back into the file of Claude Code, which owns it: only where the person opted in, and only over
//! the very login that was renewed.
//!
//! Claude Code takes no lock that others could honour, and none of its is touched here. So this is a compare-and-swap: the
//! names of the old and the new file are exchanged in one step, and what comes out is compared with what was read. If
//! somebody wrote in between, his file goes back into its place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use backon::{BlockingRetryable, ConstantBuilder};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use crate::profile::external::claude_code::SECTION;
use crate::profile::external::login::text;
use crate::profile::file::put::fault;
use crate::profile::{Fingerprint, RenewedGrant, StoreFileFault};
use crate::replace::{prepared_alike, swap, sweep};

/// How often it is begun anew because the file changed meanwhile, though not the login in it.
const ATTEMPTS: usize = 20;

/// How often, and how far apart, it is looked at that somebody may be in the middle of writing it in place.
const UNFINISHED: (usize, Duration) = (100, Duration::from_millis(5));

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swapped {
    /// The renewed login is in the file, durably.
    Done,
    /// The file holds another login than the one that was renewed, or none any more: Claude Code was quicker, or was
    /// logged out. Not a byte was changed; the caller takes what is there now.
    Superseded,
}

type Bytes = Zeroizing<Vec<u8>>;

/// Puts `renewed` into the file at `path` if the refresh token there is still the one that was used.
///
/// The access token, the refresh token and the expiry change; every other key, the file's mode and owner and its way of
/// being formatted stay. The content is synced before it takes the old one's place, all of it or nothing.
///
/// # Errors
///
/// What the system refused, or a file that is not JSON; it is then as it was.
pub fn write_back(path: &Path, renewed: &RenewedGrant) -> Result<Swapped, StoreFileFault> {
    write_back_by(path, renewed, || {})
}

/// Whether [`write_back`] would find the login there, and a place to write: asked before a refresh token is spent that
/// could then not be replaced. Leaves nothing behind, and takes away what was left by one that was killed.
///
/// # Errors
///
/// As [`write_back`].
pub fn can_write_back(path: &Path, used: &Fingerprint) -> Result<bool, StoreFileFault> {
    match found(path, used)? {
        Some(Found { path, before, root: _ }) => {
            sweep(&path);
            prepared_alike(&path, &before).map(|_| true).map_err(fault(&path))
        }
        None => Ok(false),
    }
}

/// [`write_back`] with somebody who may come between the last look and the exchange.
fn write_back_by(path: &Path, renewed: &RenewedGrant, mut between: impl FnMut()) -> Result<Swapped, StoreFileFault> {
    for _ in 0..ATTEMPTS {
        let Some(found) = found(path, &renewed.used)? else { return Ok(Swapped::Superseded) };
        let Found { path, before, mut root } = found;
        put_in(&mut root, renewed);
        let ready = prepared_alike(&path, &formatted(&root, &before)).map_err(fault(&path))?;
        between();
        let same = load(&path)?.is_some_and(|(_, now)| now == before);
        if same && swap(&path, &before, ready.into_temp_path()).map_err(fault(&path))? {
            return Ok(Swapped::Done);
        }
    }
    Err(StoreFileFault::Contended { path: path.to_owned() })
}

/// The file, with the login in it that was renewed.
struct Found {
    /// Behind any symbolic link.
    path: PathBuf,
    before: Bytes,
    root: Map<String, Value>,
}

/// What is at `path`, if the login there is the one with the refresh token `used`. One that does not parse is looked at
/// again for a while: a token may have been spent whose successor has to go there.
fn found(path: &Path, used: &Fingerprint) -> Result<Option<Found>, StoreFileFault> {
    let look = || {
        let Some((path, before)) = load(path)? else { return Ok(None) };
        Ok(parsed(&path, &before, used)?.map(|root| Found { path, before, root }))
    };
    let (times, pause) = UNFINISHED;
    look.retry(ConstantBuilder::new().with_delay(pause).with_max_times(times))
        .when(|fault| matches!(fault, StoreFileFault::Corrupt { .. }))
        .call()
}

/// The file behind any symbolic link, and its bytes; `None` when there is none.
fn load(path: &Path) -> Result<Option<(PathBuf, Bytes)>, StoreFileFault> {
    let read = fs::canonicalize(path).and_then(|path| fs::read(&path).map(|bytes| (path, Zeroizing::new(bytes))));
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreFileFault::reading(path, &error)),
    }
}

/// What is in the file, if the login in it is the one with the refresh token `used`.
fn parsed(path: &Path, bytes: &[u8], used: &Fingerprint) -> Result<Option<Map<String, Value>>, StoreFileFault> {
    let root: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|error| StoreFileFault::corrupt(path, &error))?;
    let refresh = root.get(SECTION).and_then(Value::as_object).and_then(|login| text(login, "refreshToken"));
    let same = refresh.is_some_and(|refresh| Fingerprint::of(&SecretString::from(refresh)) == *used);
    Ok(same.then_some(root))
}

fn put_in(root: &mut Map<String, Value>, renewed: &RenewedGrant) {
    let RenewedGrant { used: _, access, refresh, expires } = renewed;
    let Some(login) = root.get_mut(SECTION).and_then(Value::as_object_mut) else { return };
    login.insert("accessToken".to_owned(), json!(access.expose_secret()));
    if let Some(refresh) = refresh {
        login.insert("refreshToken".to_owned(), json!(refresh.expose_secret()));
    }
    login.insert("expiresAt".to_owned(), json!(expires.as_millisecond()));
}

/// On one line or on many, with or without a line feed at the end, as it was before.
fn formatted(root: &Map<String, Value>, before: &[u8]) -> Bytes {
    let value = Value::Object(root.clone());
    let on_lines = before.trim_ascii().contains(&b'\n');
    let mut bytes = if on_lines { format!("{value:#}") } else { value.to_string() }.into_bytes();
    if before.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    Zeroizing::new(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops at the first surprise")]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn renewed() -> RenewedGrant {
        RenewedGrant {
            used: expected(),
            access: SecretString::from("sk-test-access-renewed"),
            refresh: Some(SecretString::from("sk-test-refresh-renewed")),
            expires: Timestamp::from_second(1_900_000_000).unwrap(),
        }
    }

    fn login(refresh: &str, extra: u32) -> String {
        let login = json!({"accessToken": "sk-test-access", "refreshToken": refresh, "expiresAt": 5, "extra": extra});
        json!({ "mcpOAuth": {"x": 1.5}, SECTION: login }).to_string()
    }

    fn expected() -> Fingerprint {
        Fingerprint::of(&SecretString::from("sk-test-refresh-used"))
    }

    /// Claude Code writes `rude` between our last look and the exchange, by renaming or in place.
    fn against(rude: &str, in_place: bool) -> (Swapped, Value) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".credentials.json");
        fs::write(&path, login("sk-test-refresh-used", 1)).unwrap();
        let (_, before) = load(&path).unwrap().unwrap();
        let mut root = parsed(&path, &before, &expected()).unwrap().unwrap();
        put_in(&mut root, &renewed());
        let ready = prepared_alike(&path, &formatted(&root, &before)).unwrap();
        if in_place {
            fs::write(&path, rude).unwrap();
        } else {
            fs::write(folder.path().join("new"), rude).unwrap();
            fs::rename(folder.path().join("new"), &path).unwrap();
        }
        assert!(!swap(&path, &before, ready.into_temp_path()).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), rude, "as its owner wrote it");
        let swapped = write_back(&path, &renewed()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
        (swapped, serde_json::from_slice(&fs::read(&path).unwrap()).unwrap())
    }

    #[test]
    fn a_newer_login_that_comes_between_the_last_look_and_the_exchange_stays() {
        for in_place in [true, false] {
            let newer = login("sk-test-refresh-newer", 2);
            let (swapped, value) = against(&newer, in_place);
            assert_eq!((swapped, value.to_string()), (Swapped::Superseded, newer));
        }
    }

    #[test]
    fn another_key_that_changed_meanwhile_is_kept() {
        let (swapped, value) = against(&login("sk-test-refresh-used", 2), false);
        assert_eq!(swapped, Swapped::Done);
        assert_eq!((&value[SECTION]["extra"], &value["mcpOAuth"]), (&json!(2), &json!({"x": 1.5})));
        assert_eq!(value[SECTION]["refreshToken"], "sk-test-refresh-renewed");
    }

    #[test]
    fn a_file_that_changes_before_the_exchange_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".credentials.json");
        fs::write(&path, login("sk-test-refresh-used", 0)).unwrap();
        let mut writes = (1..=3).map(|extra| login("sk-test-refresh-used", extra));
        let between = || writes.next().into_iter().for_each(|text| fs::write(&path, text).unwrap());
        assert_eq!(write_back_by(&path, &renewed(), between), Ok(Swapped::Done));
        let value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(
            (&value[SECTION]["extra"], &value[SECTION]["expiresAt"]),
            (&json!(3), &json!(1_900_000_000_000_i64))
        );
    }
}
