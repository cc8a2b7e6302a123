//! Putting variables into the `.env` of a state directory: all of them or none.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::dotenv::put::{Misfit, put};
use crate::replace::{self, Refused};

/// How often it is begun anew because somebody else wrote in between.
const ATTEMPTS: usize = 20;

/// The variables were not put there. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DotenvFault {
    /// The system does not let it be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program would change bytes that it does not understand.
    #[error("{} is not UTF-8, so no variable can be put into it; mend it by hand", path.display())]
    NoText {
        /// The file.
        path: PathBuf,
    },
    /// One of them cannot be written there.
    #[error("{}: {name} cannot be set: {source}", path.display())]
    Misfit {
        /// The file.
        path: PathBuf,
        /// The variable.
        name: &'static str,
        /// Why.
        source: Misfit,
    },
    /// Somebody else kept writing.
    #[error("{} was changed by another program again and again meanwhile; try again", path.display())]
    Contended {
        /// The file.
        path: PathBuf,
    },
    /// The system refused to write.
    #[error("{}: {step}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What was being done.
        step: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// Variables with their values.
type Wanted<'a> = [(&'static str, &'a SecretString)];

/// Which of the `wanted` variables the file at `path` would have to be changed for.
///
/// # Errors
///
/// They cannot be put there.
pub(crate) fn changes(path: &Path, wanted: &Wanted<'_>) -> Result<Vec<&'static str>, DotenvFault> {
    Ok(changed(path, read(path)?.as_deref().map_or("", |text| text), wanted)?.1)
}

/// Puts the `wanted` variables into the file at `path`, which need not be there yet and is readable by its owner alone
/// afterwards; returns whether it had to be written.
///
/// # Errors
///
/// [`DotenvFault`].
pub(crate) fn put_all(path: &Path, wanted: &Wanted<'_>) -> Result<bool, DotenvFault> {
    for _ in 0..ATTEMPTS {
        let before = read(path)?;
        let (after, names) = changed(path, before.as_deref().map_or("", |text| text), wanted)?;
        if names.is_empty() {
            return Ok(false);
        }
        let fault = |step, source| DotenvFault::Write { path: path.to_owned(), step, source };
        if let Some(folder) = path.parent() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(|source| fault("creating the folder", source))?;
        }
        let before = before.as_ref().map(|text| text.as_bytes());
        let put = replace::put(path, before, after.as_bytes());
        if put.map_err(|Refused { step, source }| fault(step, source))? {
            return Ok(true);
        }
    }
    Err(DotenvFault::Contended { path: path.to_owned() })
}

fn read(path: &Path) -> Result<Option<Zeroizing<String>>, DotenvFault> {
    match fs::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(_) => Err(DotenvFault::NoText { path: path.to_owned() }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(DotenvFault::Unreadable { path: path.to_owned(), source }),
    }
}

/// The text with the variables in it, and which of them were not there.
fn changed(
    path: &Path,
    text: &str,
    wanted: &Wanted<'_>,
) -> Result<(Zeroizing<String>, Vec<&'static str>), DotenvFault> {
    let mut after = Zeroizing::new(text.to_owned());
    let mut names = Vec::new();
    for (name, secret) in wanted {
        let put = put(&after, name, secret.expose_secret());
        if let Some(text) = put.map_err(|source| DotenvFault::Misfit { path: path.to_owned(), name, source })? {
            after = Zeroizing::new(text);
            names.push(*name);
        }
    }
    Ok((after, names))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops at the first surprise")]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use secrecy::SecretString;

    use super::{DotenvFault, changes, put_all};

    #[test]
    fn variables_are_put_for_the_owner_alone_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/.env");
        let secret = SecretString::from("sk-test-0123456789");
        let wanted = [("A_TOKEN", &secret)];
        assert_eq!(changes(&path, &wanted).unwrap(), ["A_TOKEN"]);
        assert!(!path.parent().unwrap().exists(), "looking writes nothing");
        assert!(put_all(&path, &wanted).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let mode = fs::metadata(path.parent().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert!(!put_all(&path, &wanted).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "A_TOKEN=sk-test-0123456789\n");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(put_all(&path, &[("B", &secret)]).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_cannot_be_changed_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        let secret = SecretString::from("sk-test-0123456789");
        fs::write(&path, b"A=\xff\n").unwrap();
        assert!(matches!(put_all(&path, &[("B", &secret)]), Err(DotenvFault::NoText { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"A=\xff\n");
        let fault = put_all(folder.path(), &[("B", &secret)]).unwrap_err();
        assert!(matches!(fault, DotenvFault::Unreadable { .. }), "{fault}");
    }
}
