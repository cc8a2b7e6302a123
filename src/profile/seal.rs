//! Sealing: secrets that are encrypted in the store file and opened in memory.
//!
//! The file stays what it is, readable but for the secrets. A sealed one is a text in its usual field that says by itself
//! which key opens it, because programs of the family drop what they do not know around it when they save. The profile and
//! the field are bound into it: in another place it does not open.

pub(crate) mod convert;
mod fields;
mod key;
mod keyring;
mod keys;
mod opened;
#[cfg(feature = "cli")]
mod os_keyring;
mod passphrase;
mod ports;
mod ready;
mod sealed;
mod sealing;
mod trouble;

pub use convert::{Closed, Converted};
pub(crate) use fields::{Slot, secret_fields};
pub use key::SealKey;
pub use keyring::{Keyring, NoKeyring};
pub use keys::Keys;
pub(crate) use opened::{Entry, Opened, open_entry};
#[cfg(feature = "cli")]
pub use os_keyring::OsKeyring;
pub use passphrase::AskPassphrase;
pub use ports::SealPorts;
pub use ready::Ready;
pub use sealed::{Cost, KeyName, Sealed, is_sealed};
pub(crate) use sealed::{is_blank, is_still_sealed};
pub use sealing::Sealing;
pub use trouble::SealTrouble;

/// `auth.seal`: how the secrets that modelpin writes are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealWith {
    /// With a key that the keyring of the operating system keeps.
    Keyring,
    /// With a key that is derived from a passphrase.
    Passphrase,
}

impl SealWith {
    /// Its name in the configuration and in sealed values.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Passphrase => "passphrase",
        }
    }
}

impl std::fmt::Display for SealWith {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for SealWith {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "keyring" => Ok(Self::Keyring),
            "passphrase" => Ok(Self::Passphrase),
            _ => Err("it must be `keyring` or `passphrase`".to_owned()),
        }
    }
}
