//! What lets somebody into the page.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::redact;

/// The name of its file in the state directory.
const NAME: &str = "modelpin-page.token";

/// The token of the page.
pub(crate) struct PageToken {
    digest: [u8; 32],
    path: Option<PathBuf>,
}

impl PageToken {
    /// The one that is configured.
    pub(crate) fn configured(token: &SecretString) -> Self {
        Self { digest: digest(token.expose_secret()), path: None }
    }

    /// The one in `state_dir`; made where there is none, for its owner's eyes only.
    ///
    /// # Errors
    /// It can neither be read nor made.
    pub(crate) fn in_file(state_dir: &Path) -> io::Result<Self> {
        let path = state_dir.join(NAME);
        let token = match fs::read_to_string(&path) {
            Ok(token) if token.trim().len() >= 20 => token.trim().to_owned(),
            Ok(_) => make(&path)?,
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => make(&path)?,
            Err(fault) => return Err(fault),
        };
        redact::learn([&SecretString::from(token.as_str())]);
        Ok(Self { digest: digest(&token), path: Some(path) })
    }

    /// The file that it is in.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Its digest.
    pub(super) fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

fn make(path: &Path) -> io::Result<String> {
    let token = random().ok_or_else(|| io::Error::other("the system has no randomness to give"))?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(path)?, "{token}")?;
    Ok(token)
}

/// 32 random bytes as text; `None` where the system has none to give.
pub(super) fn random() -> Option<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is compared in place of a secret: how long it takes says nothing about it.
pub(super) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.trim()).into()
}
