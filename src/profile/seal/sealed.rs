//! A sealed secret as it stands in the store.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

use crate::profile::seal::{SealTrouble, SealWith};

/// How every sealed value begins, of whatever version.
const MARK: &str = "modelpin-sealed:";

/// The version that is written and read.
const VERSION: &str = "1";

/// Random bytes in front of what is encrypted; so many that they never have to be counted.
pub(crate) const NONCE: usize = 24;

/// What proves that nothing was changed, behind what is encrypted.
const TAG: usize = 16;

/// Whether `text` is a sealed value, of any version: never a secret that could be sent.
pub fn is_sealed(text: &str) -> bool {
    text.trim_start().starts_with(MARK)
}

/// Whether `secret` is a sealed value, wherever it was found: then it is not sent.
pub(crate) fn is_still_sealed(secret: &SecretString) -> bool {
    is_sealed(secret.expose_secret())
}

/// Whether there is nothing in `secret`.
pub(crate) fn is_blank(secret: &SecretString) -> bool {
    secret.expose_secret().trim().is_empty()
}

/// A sealed secret: which key opens it, and what is in it.
///
/// There is one way to write each: what reads differently is not read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The key.
    pub key: KeyName,
    pub(crate) nonce: [u8; NONCE],
    /// Encrypted, with its tag.
    pub(crate) content: Vec<u8>,
}

/// Which key a value was sealed with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyName {
    /// One that the keyring of the operating system keeps.
    Keyring {
        /// A short hash of the key.
        id: String,
    },
    /// One that is derived from a passphrase.
    Passphrase {
        /// A short hash of the derived key.
        id: String,
        /// What it is derived with.
        salt: [u8; 16],
        /// What deriving it costs.
        cost: Cost,
    },
}

/// What deriving a key from a passphrase costs whoever tries one: the parameters of Argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory: u32,
    /// How often it is gone over.
    pub passes: u32,
    /// In how many lanes.
    pub lanes: u32,
}

impl Cost {
    /// What keys are derived with now: OWASP's first recommendation, so that a command takes tens of milliseconds and a
    /// small machine has the memory.
    pub const USUAL: Self = Self { memory: 19 * 1024, passes: 2, lanes: 1 };

    /// A file must not be able to hold a program up for minutes or take all its memory.
    fn is_bearable(self) -> bool {
        (8..=256 * 1024).contains(&self.memory)
            && (1..=16).contains(&self.passes)
            && (1..=4).contains(&self.lanes)
            && self.memory >= 8 * self.lanes
    }
}

impl KeyName {
    /// What kind of place the key is in.
    pub fn with(&self) -> SealWith {
        match self {
            Self::Keyring { .. } => SealWith::Keyring,
            Self::Passphrase { .. } => SealWith::Passphrase,
        }
    }

    /// A short hash of the key.
    pub fn id(&self) -> &str {
        match self {
            Self::Keyring { id } | Self::Passphrase { id, .. } => id,
        }
    }
}

/// As it stands in front of a sealed value.
impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK}{VERSION}:{}:{}:", self.with(), self.id())?;
        match self {
            Self::Keyring { .. } => Ok(()),
            Self::Passphrase { salt, cost: Cost { memory, passes, lanes }, .. } => {
                write!(f, "m={memory},t={passes},p={lanes}:{}:", URL_SAFE_NO_PAD.encode(salt))
            }
        }
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, nonce, content } = self;
        write!(f, "{key}{}", URL_SAFE_NO_PAD.encode([nonce, content.as_slice()].concat()))
    }
}

impl FromStr for Sealed {
    type Err = SealTrouble;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let rest = text.strip_prefix(MARK).ok_or(SealTrouble::Damaged)?;
        let (version, rest) = rest.split_once(':').ok_or(SealTrouble::Damaged)?;
        if version != VERSION {
            return Err(SealTrouble::OtherVersion);
        }
        let sealed = read(rest).ok_or(SealTrouble::Damaged)?;
        if sealed.to_string() == text { Ok(sealed) } else { Err(SealTrouble::Damaged) }
    }
}

/// What stands behind the version.
fn read(rest: &str) -> Option<Sealed> {
    let (with, rest) = rest.split_once(':')?;
    let (id, rest) = rest.split_once(':')?;
    if id.len() != 12 || !id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let id = id.to_owned();
    let (key, content) = match with.parse().ok()? {
        SealWith::Keyring => (KeyName::Keyring { id }, rest),
        SealWith::Passphrase => {
            let (cost, rest) = rest.split_once(':')?;
            let (salt, rest) = rest.split_once(':')?;
            let salt = URL_SAFE_NO_PAD.decode(salt).ok()?.try_into().ok()?;
            (KeyName::Passphrase { id, salt, cost: self::cost(cost)? }, rest)
        }
    };
    let mut content = URL_SAFE_NO_PAD.decode(content).ok()?;
    if content.len() < NONCE + TAG {
        return None;
    }
    let encrypted = content.split_off(NONCE);
    Some(Sealed { key, nonce: content.try_into().ok()?, content: encrypted })
}

fn cost(text: &str) -> Option<Cost> {
    let mut parts = text.split(',');
    let mut part = |name: &str| parts.next()?.strip_prefix(name)?.parse().ok();
    let cost = Cost { memory: part("m=")?, passes: part("t=")?, lanes: part("p=")? };
    cost.is_bearable().then_some(cost)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    const CONTENT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn what_is_written_is_read_and_nothing_like_it() {
        let ring = format!("modelpin-sealed:1:keyring:0123456789ab:{CONTENT}");
        let phrase =
            format!("modelpin-sealed:1:passphrase:0123456789ab:m=19456,t=2,p=1:AAAAAAAAAAAAAAAAAAAAAA:{CONTENT}");
        for text in [&ring, &phrase] {
            assert!(is_sealed(text));
            assert_eq!(text.parse::<Sealed>().unwrap().to_string(), **text);
            assert_eq!(format!(" {text}\n").parse::<Sealed>().unwrap().to_string(), **text);
        }
        for (text, trouble) in [
            (ring.replace(":1:", ":2:"), SealTrouble::OtherVersion),
            (ring.replace("keyring", "hardware"), SealTrouble::Damaged),
            (ring.replace("0123456789ab", "0123456789AB"), SealTrouble::Damaged),
            (ring[..ring.len() - 10].to_owned(), SealTrouble::Damaged),
            // Bits behind the last byte: another text for the same bytes.
            (format!("{}B", &ring[..ring.len() - 1]), SealTrouble::Damaged),
            (phrase.replace("m=19456", "m=+19456"), SealTrouble::Damaged),
            (phrase.replace("m=19456", "m=4194304"), SealTrouble::Damaged),
            (phrase.replace("t=2", "t=1000000"), SealTrouble::Damaged),
            (phrase.replace("p=1", "p=0"), SealTrouble::Damaged),
            ("modelpin-sealed:".to_owned(), SealTrouble::Damaged),
        ] {
            assert!(is_sealed(&text), "{text}: whatever it is, it is no secret to be sent");
            assert_eq!(text.parse::<Sealed>().unwrap_err(), trouble, "{text}");
        }
        assert!(!is_sealed("sk-test-modelpin-sealed:1:"));
    }
}
