//! Sealed secrets, opened in memory; and closed again before anything is written.

use std::borrow::Cow;
use std::collections::HashMap;

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::profile::Document;
use crate::profile::seal::fields::{Slot, secret_fields};
use crate::profile::seal::{KeyName, Keys, SealTrouble, SealWith, Sealed, Sealing, is_sealed};
use crate::redact;

/// An entry of a store as it is to be read: no sealed value is in it.
pub(crate) struct Entry<'a> {
    /// Its fields: what opened is plain, what did not is not there.
    pub(crate) fields: Cow<'a, Map<String, Value>>,
    /// Whether anything was sealed.
    pub(crate) sealed: bool,
    closed: Vec<(&'static str, SealTrouble)>,
}

impl Entry<'_> {
    /// Why the first of `fields` that did not open did not.
    pub(crate) fn closed(&self, fields: &[&str]) -> Option<&SealTrouble> {
        self.closed.iter().find(|(field, _)| fields.contains(field)).map(|(_, why)| why)
    }
}

/// Opens what is sealed in the entry `fields` of the profile `id`.
pub(crate) fn open_entry<'a>(id: &str, fields: &'a Map<String, Value>, keys: &Keys<'_>) -> Entry<'a> {
    let mut entry = Entry { fields: Cow::Borrowed(fields), sealed: false, closed: Vec::new() };
    for field in secret_fields(fields) {
        let Some(text) = fields.get(field).and_then(Value::as_str).filter(|text| is_sealed(text)) else { continue };
        entry.sealed = true;
        let readable = entry.fields.to_mut();
        match open(id, field, text, keys) {
            Ok(plain) => drop(readable.insert(field.to_owned(), Value::String(plain.to_string()))),
            Err(why) => {
                readable.shift_remove(field);
                entry.closed.push((field, why));
            }
        }
    }
    entry
}

fn open(id: &str, field: &str, text: &str, keys: &Keys<'_>) -> Result<Zeroizing<String>, SealTrouble> {
    let sealed: Sealed = text.parse()?;
    keys.get(&sealed.key)?.open_text(&Slot::of(id, field), &sealed)
}

/// What a document held before it was opened in memory, secret by secret.
#[derive(Default)]
pub(crate) struct Opened {
    was: HashMap<(String, &'static str), Was>,
    /// The secrets that did not open: still sealed, in their place.
    pub(crate) closed: Vec<(String, SealTrouble)>,
}

/// What a secret was in the file.
struct Was {
    text: Zeroizing<String>,
    /// A hash of what was sealed in it, if anything was.
    sealed: Option<[u8; 32]>,
}

impl Opened {
    /// Opens in memory what is sealed in `document`. What does not open stays as it is.
    pub(crate) fn open(document: &mut Document, keys: &Keys<'_>) -> Self {
        let (mut opened, mut shown) = (Self::default(), Vec::new());
        document.each_secret(|id, field, value| {
            let text = Zeroizing::new(value.clone());
            let mut sealed = None;
            if is_sealed(&text) {
                match open(id, field, &text, keys) {
                    Ok(plain) => {
                        value.clone_from(&plain);
                        shown.push(SecretString::from(plain.as_str()));
                    }
                    Err(why) => return opened.closed.push((id.to_owned(), why)),
                }
                sealed = Some(hash(value));
            }
            opened.was.insert((id.to_owned(), field), Was { text, sealed });
        });
        redact::learn(&shown);
        opened
    }

    /// Whether anything was sealed and is open now.
    pub(crate) fn is_any(&self) -> bool {
        self.was.values().any(|was| was.sealed.is_some())
    }

    /// Why `document`, changed by now, must not get a secret sealed: everything sealed in it is sealed with another
    /// passphrase, so that whoever has that one could not open what would be added.
    pub(crate) fn stray(&self, document: &mut Document) -> Option<SealTrouble> {
        let place = self.closed.iter().find_map(|(_, why)| {
            let SealTrouble::OtherPassphrase { place } = why else { return None };
            Some(place)
        })?;
        let (mut sealed, mut plain) = (false, false);
        document.each_secret(|_, _, value| if is_sealed(value) { sealed = true } else { plain = true });
        let is_stray = sealed && plain && self.in_use().is_empty();
        is_stray.then(|| {
            SealTrouble::CannotSeal(format!(
                "all that is there is sealed with another passphrase than the one in {place}. Put the right one there"
            ))
        })
    }

    /// Puts back what was there for each secret that is still the same, and seals the others, if `sealing` does.
    ///
    /// # Errors
    ///
    /// There is something to seal, and no key to seal it with; the document is then not to be written.
    pub(crate) fn close(&self, document: &mut Document, sealing: &Sealing) -> Result<(), SealTrouble> {
        let with = sealing.with();
        let in_use = self.in_use();
        document.try_each_secret(|id, field, value| {
            if is_sealed(value) {
                return Ok(());
            }
            match (self.was(id, field, value), with) {
                (Some(was), _) => value.clone_from(was),
                (None, None) => {}
                (None, Some(with)) => *value = seal(id, field, value, sealing, with, &in_use)?,
            }
            Ok(())
        })
    }

    /// What stood in the file for the secret that is now `plain`, if it is the same secret.
    pub(crate) fn was(&self, id: &str, field: &'static str, plain: &str) -> Option<&String> {
        let Was { text, sealed } = self.was.get(&(id.to_owned(), field))?;
        let same = sealed.map_or_else(|| **text == *plain, |sealed| sealed == hash(plain));
        same.then_some(&**text)
    }

    /// The keys that secrets were opened with.
    pub(crate) fn in_use(&self) -> Vec<KeyName> {
        let sealed = self.was.values().filter_map(|was| was.text.parse::<Sealed>().ok());
        let mut names: Vec<KeyName> = Vec::new();
        for Sealed { key, .. } in sealed {
            if !names.contains(&key) {
                names.push(key);
            }
        }
        names
    }
}

/// The secret `plain`, as it is written.
pub(crate) fn seal(
    id: &str,
    field: &str,
    plain: &str,
    sealing: &Sealing,
    with: SealWith,
    in_use: &[KeyName],
) -> Result<String, SealTrouble> {
    let key = sealing.key_to_seal(with, in_use)?;
    Ok(key.seal_bytes(&Slot::of(id, field), plain.as_bytes())?.to_string())
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}
