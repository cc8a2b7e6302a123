//! How a secret is shown: never by its own characters.

use std::fmt::{self, Write};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// A short hash of a secret: the first 12 hexadecimal digits of its SHA-256.
///
/// Equal secrets have equal fingerprints in every process and on every machine; the secret cannot be read back from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of `secret`.
    pub fn of(secret: &SecretString) -> Self {
        Self(short_hash(secret.expose_secret().as_bytes()))
    }

    /// A fingerprint that was printed or stored before.
    pub fn from_stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The fingerprint as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first 12 hexadecimal digits of the SHA-256 of `bytes`.
pub(crate) fn short_hash(bytes: &[u8]) -> String {
    start_of_hash(bytes, 6)
}

/// The first so many bytes of the SHA-256 of `bytes`, in hexadecimal digits.
pub(crate) fn start_of_hash(bytes: &[u8], length: usize) -> String {
    Sha256::digest(bytes).iter().take(length).fold(String::with_capacity(2 * length), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
