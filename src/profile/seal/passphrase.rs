//! Where a passphrase is given.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use crate::config::Environment;
use crate::profile::seal::SealTrouble;
use crate::redact;

/// Asks the person at the terminal for the passphrase; `None` when nobody answers.
pub type AskPassphrase = Arc<dyn Fn() -> Option<SecretString> + Send + Sync>;

/// The most that is read of a file.
const LIMIT: u64 = 64 * 1024;

/// What systemd calls it: `LoadCredential=modelpin-seal:…`.
const CREDENTIAL: &str = "modelpin-seal";

/// A passphrase, and the place it came from in words.
pub(crate) struct Passphrase {
    pub(crate) place: String,
    pub(crate) text: SecretString,
}

/// The places that are looked at.
#[derive(Clone, Copy)]
pub(crate) struct Places<'a> {
    /// `auth.sealPassphraseFile`.
    pub(crate) file: Option<&'a str>,
    pub(crate) environment: &'a Environment,
    /// What the layout's variables begin with.
    pub(crate) prefixes: &'a [&'static str],
    pub(crate) home: Option<&'a Path>,
}

impl Places<'_> {
    /// The passphrase in the first of the places that is named; `None` when none is.
    ///
    /// # Errors
    ///
    /// The first place that is named has none. No other one is looked at then: it would be another passphrase.
    pub(crate) fn find(&self) -> Result<Option<Passphrase>, SealTrouble> {
        if let Some((place, path)) = self.path() {
            return read(place, &path).map(Some);
        }
        let variable = |name: String| Some((self.environment.secret(&name)?, name));
        let given = self.names("SEAL_PASSPHRASE").find_map(variable);
        Ok(given.map(|(text, name)| Passphrase { place: format!("the variable {name}"), text }))
    }

    /// The file that is named first, if one is, and what it is called in words. Where a variable holds the passphrase
    /// itself, systemd's credential is not looked for.
    pub(crate) fn path(&self) -> Option<(String, PathBuf)> {
        let named = |by: &str, path: &str| {
            let path = self.expanded(path);
            (format!("{} (named by {by})", self.shortened(&path)), path)
        };
        if let Some(file) = self.file {
            return Some(named("`auth.sealPassphraseFile`", file));
        }
        let variable = self.names("SEAL_PASSPHRASE_FILE").find_map(|name| Some((self.environment.var(&name)?, name)));
        if let Some((path, name)) = variable {
            return Some(named(&name, path));
        }
        if self.names("SEAL_PASSPHRASE").any(|name| self.environment.secret(&name).is_some()) {
            return None;
        }
        let path = Path::new(self.environment.var("CREDENTIALS_DIRECTORY")?).join(CREDENTIAL);
        path.exists().then(|| (format!("systemd's credential {}", path.display()), path))
    }

    /// modelpin's own name for a variable, then the layout's.
    fn names(&self, name: &'static str) -> impl Iterator<Item = String> {
        let others = self.prefixes.iter().copied().filter(|prefix| *prefix != "MODELPIN");
        ["MODELPIN"].into_iter().chain(others).map(move |prefix| format!("{prefix}_{name}"))
    }

    fn expanded(&self, path: &str) -> PathBuf {
        let path = path.trim();
        match (path.strip_prefix("~/"), self.home) {
            (Some(inside), Some(home)) => home.join(inside),
            (Some(_) | None, _) => PathBuf::from(path),
        }
    }

    fn shortened(&self, path: &Path) -> String {
        match self.home.and_then(|home| path.strip_prefix(home).ok()) {
            Some(inside) => format!("~/{}", inside.display()),
            None => path.display().to_string(),
        }
    }
}

/// The passphrase in a file: what is in it, without white space around it.
///
/// # Errors
///
/// There is none in it.
pub(crate) fn read(place: String, path: &Path) -> Result<Passphrase, SealTrouble> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    let read = File::open(path).and_then(|file| {
        // A pipe would be empty when it is read once more.
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        file.take(LIMIT + 1).read_to_end(&mut bytes)
    });
    let text = match read {
        Err(error) => Err(error.to_string()),
        Ok(size) if size as u64 > LIMIT => Err("it is larger than 64 KiB".to_owned()),
        Ok(_) => std::str::from_utf8(&bytes).map_err(|_| "it is not text".to_owned()).map(str::trim),
    };
    match text {
        Ok("") => Err(SealTrouble::Unreadable { place, why: "it is empty".to_owned() }),
        Ok(text) => {
            let text = SecretString::from(text);
            redact::learn([&text]);
            Ok(Passphrase { place, text })
        }
        Err(why) => Err(SealTrouble::Unreadable { place, why }),
    }
}

/// `typed` without white space around it, unless that leaves nothing.
pub(crate) fn trimmed(typed: &SecretString) -> Option<SecretString> {
    let text = SecretString::from(typed.expose_secret().trim());
    redact::learn([&text]);
    (!text.expose_secret().is_empty()).then_some(text)
}

/// That others than its owner can read the file at `path`, in words.
pub(crate) fn exposed(path: &Path) -> Option<String> {
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let path = path.display();
    (mode & 0o077 != 0).then(|| {
        format!("{path} holds the passphrase of the sealed credentials, and others can read it (mode {mode:04o}): chmod 600 {path}")
    })
}
