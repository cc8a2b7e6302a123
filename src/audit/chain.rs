//! How one row is bound to the one before.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::audit::Entry;

/// Says what is digested, so that a digest of anything else is never taken for one of these.
const DOMAIN: &str = "modelpin audit 1";

/// One row as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number, from 1; none is left out.
    pub number: u64,
    /// The [`Entry`] as JSON, as it was written.
    pub body: String,
    /// The digest of the row before, of the number and of the body, in hexadecimal.
    pub hash: String,
}

/// The end of the chain. Whoever keeps one elsewhere can tell later whether anything before it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the last row.
    pub number: u64,
    /// Its digest.
    pub hash: String,
}

impl Link {
    /// The row for `body` after `last`.
    pub(crate) fn after(last: Option<&Head>, body: String) -> Self {
        let number = last.map_or(0, |last| last.number) + 1;
        let hash = hash(last.map_or("", |last| &last.hash), number, &body);
        Self { number, body, hash }
    }

    /// Whether it follows from a row with the digest `before`.
    pub(crate) fn follows(&self, before: &str) -> bool {
        self.hash == hash(before, self.number, &self.body)
    }

    /// What it tells; `None` where somebody has changed it so that it tells nothing.
    pub fn entry(&self) -> Option<Entry> {
        serde_json::from_str(&self.body).ok()
    }

    /// The end of a chain that ends with it.
    pub fn head(&self) -> Head {
        Head { number: self.number, hash: self.hash.clone() }
    }
}

/// In hexadecimal. Each part ends where the next begins: a digest has no line feed, nor has a number.
fn hash(before: &str, number: u64, body: &str) -> String {
    let digest = Sha256::digest(format!("{DOMAIN}\n{before}\n{number}\n{body}"));
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
