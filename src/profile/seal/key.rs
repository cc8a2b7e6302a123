//! A key that seals and opens.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::profile::fingerprint::short_hash;
use crate::profile::seal::sealed::NONCE;
use crate::profile::seal::{Cost, KeyName, SealTrouble, Sealed, Slot};
use crate::redact;

/// How long a key is, in bytes.
const LENGTH: usize = 32;

/// What is hashed in front of a key for its name, so that the hash is of use for nothing else.
const NAMING: &[u8] = b"modelpin seal key\0";

/// A key that seals and opens, with its name. Wiped from memory when dropped, and never shown.
pub struct SealKey {
    name: KeyName,
    key: SecretBox<[u8; LENGTH]>,
}

/// Its name, which is no secret.
impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealKey").field("name", &self.name).finish_non_exhaustive()
    }
}

impl SealKey {
    /// A new key for the keyring.
    ///
    /// # Errors
    ///
    /// This machine gives no random bytes.
    pub fn random() -> Result<Self, SealTrouble> {
        let mut key = Zeroizing::new([0; LENGTH]);
        fill(key.as_mut_slice())?;
        Ok(Self::kept(&key))
    }

    /// The key that the keyring keeps as `text`; `None` when that is none.
    pub fn from_keyring(text: &SecretString) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.expose_secret()).ok()?);
        let key: Zeroizing<[u8; LENGTH]> = Zeroizing::new(bytes.as_slice().try_into().ok()?);
        redact::learn([text]);
        Some(Self::kept(&key))
    }

    /// As the keyring keeps it: as text, because some keyrings keep nothing else.
    pub fn to_keyring(&self) -> SecretString {
        SecretString::from(URL_SAFE_NO_PAD.encode(self.key.expose_secret()))
    }

    fn kept(key: &[u8; LENGTH]) -> Self {
        Self { name: KeyName::Keyring { id: id(key) }, key: boxed(key) }
    }

    /// The key that follows from `passphrase`. Takes as long as `cost` says.
    ///
    /// # Errors
    ///
    /// There is not the memory for it.
    pub fn derived(passphrase: &SecretString, salt: [u8; 16], cost: Cost) -> Result<Self, SealTrouble> {
        let Cost { memory, passes, lanes } = cost;
        let refused = |_| SealTrouble::NotDerived;
        let params = Params::new(memory, passes, lanes, Some(LENGTH)).map_err(refused)?;
        let mut key = Zeroizing::new([0; LENGTH]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose_secret().as_bytes(), &salt, key.as_mut_slice())
            .map_err(refused)?;
        Ok(Self { name: KeyName::Passphrase { id: id(&key), salt, cost }, key: boxed(&key) })
    }

    /// A key that follows from `passphrase` and from nothing that was there before.
    ///
    /// # Errors
    ///
    /// This machine gives no random bytes, or has not the memory.
    pub fn newly_derived(passphrase: &SecretString) -> Result<Self, SealTrouble> {
        let mut salt = [0; 16];
        fill(&mut salt)?;
        Self::derived(passphrase, salt, Cost::USUAL)
    }

    /// Which one it is.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Seals the secret `plain` of the profile `profile` in its field `field`: each time with another result.
    ///
    /// # Errors
    ///
    /// This machine gives no random bytes.
    pub fn seal(&self, profile: &str, field: &str, plain: &SecretString) -> Result<Sealed, SealTrouble> {
        self.seal_bytes(&Slot::of(profile, field), plain.expose_secret().as_bytes())
    }

    /// Opens what was sealed by this key for that profile and field.
    ///
    /// # Errors
    ///
    /// It was sealed by another key, for another place, or was changed since.
    pub fn open(&self, profile: &str, field: &str, sealed: &Sealed) -> Result<SecretString, SealTrouble> {
        Ok(SecretString::from(self.open_text(&Slot::of(profile, field), sealed)?.as_str()))
    }

    pub(crate) fn seal_bytes(&self, slot: &Slot<'_>, plain: &[u8]) -> Result<Sealed, SealTrouble> {
        let mut nonce = [0; NONCE];
        fill(&mut nonce)?;
        let payload = Payload { msg: plain, aad: &bound(&self.name, slot) };
        let content = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| too_long())?;
        Ok(Sealed { key: self.name.clone(), nonce, content })
    }

    pub(crate) fn open_text(&self, slot: &Slot<'_>, sealed: &Sealed) -> Result<Zeroizing<String>, SealTrouble> {
        let Sealed { key, nonce, content } = sealed;
        let payload = Payload { msg: content.as_slice(), aad: &bound(key, slot) };
        let opened = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealTrouble::Damaged)?;
        // What was sealed was text.
        String::from_utf8(opened).map(Zeroizing::new).map_err(|_| SealTrouble::Damaged)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.key.expose_secret().into())
    }
}

/// What is bound into a sealed value: all that stands in front of it, its field, and its profile. With the length of the
/// field among them, no other three give the same bytes.
fn bound(key: &KeyName, slot: &Slot<'_>) -> Vec<u8> {
    let Slot { profile, field } = slot;
    format!("{key}\0{}\0{field}{profile}", field.len()).into_bytes()
}

fn id(key: &[u8; LENGTH]) -> String {
    let hashed = Zeroizing::new([NAMING, key].concat());
    short_hash(&hashed)
}

fn boxed(key: &[u8; LENGTH]) -> SecretBox<[u8; LENGTH]> {
    SecretBox::init_with_mut(|held: &mut [u8; LENGTH]| held.copy_from_slice(key))
}

/// What no secret is, and the cipher has to allow for.
fn too_long() -> SealTrouble {
    SealTrouble::CannotSeal("it is too long".to_owned())
}

fn fill(bytes: &mut [u8]) -> Result<(), SealTrouble> {
    getrandom::fill(bytes).map_err(|_| SealTrouble::CannotSeal("this machine gives no random bytes".to_owned()))
}
