//! Sealing and unsealing all of a document, proved before it is written.

use std::path::{Path, PathBuf};

use crate::profile::seal::opened::{Opened, seal};
use crate::profile::seal::{SealTrouble, SealWith, Sealed, Sealing, is_sealed};
use crate::profile::{Document, StoreFileFault};

/// What became of the secrets in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The file: the real one, behind any symbolic link.
    pub path: PathBuf,
    /// Whether a byte had to be written.
    pub changed: bool,
    /// How many secrets were sealed or unsealed.
    pub converted: usize,
    /// How many were already as they should be.
    pub already: usize,
    /// Those that did not open, and were left as they are.
    pub closed: Vec<Closed>,
}

/// A secret that did not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The profile.
    pub profile: String,
    /// Why not.
    pub why: SealTrouble,
}

/// What was done to a document.
#[derive(Default)]
pub(crate) struct Count {
    pub(crate) converted: usize,
    pub(crate) already: usize,
    pub(crate) closed: Vec<Closed>,
}

/// Why a document was left as it was.
pub(crate) enum Refused {
    /// There is no key.
    Seal(SealTrouble),
    /// What came out is not what went in.
    NotVerified,
}

impl Refused {
    pub(crate) fn fault(self, path: &Path) -> StoreFileFault {
        let path = path.to_owned();
        match self {
            Self::Seal(why) => StoreFileFault::NotSealed { path, why },
            Self::NotVerified => StoreFileFault::NotVerified { path },
        }
    }
}

/// Seals every secret in `document` with the one key, those that another key has sealed too.
///
/// # Errors
///
/// [`Refused`]; the document is then as it was.
pub(crate) fn seal_all(
    document: &mut Document,
    sealing: &Sealing,
    with: SealWith,
    path: &Path,
) -> Result<Count, Refused> {
    let mut wanted = document.clone();
    let opened = Opened::open(&mut wanted, &sealing.keys());
    let plain = wanted.clone();
    let (mut count, in_use) = (closed(&opened), opened.in_use());
    let sealed = wanted.try_each_secret(|id, field, value| {
        if is_sealed(value) {
            return Ok(());
        }
        let key = sealing.key_to_seal(with, &in_use)?;
        let was = opened.was(id, field, value);
        let was = was.filter(|was| was.parse::<Sealed>().is_ok_and(|sealed| sealed.key == *key.name()));
        if let Some(was) = was {
            value.clone_from(was);
            count.already += 1;
        } else {
            *value = seal(id, field, value, sealing, with, &in_use)?;
            count.converted += 1;
        }
        Ok(())
    });
    sealed.map_err(Refused::Seal)?;
    verify(&wanted, &plain, sealing, path)?;
    *document = wanted;
    Ok(count)
}

/// Unseals every secret in `document` that opens.
///
/// # Errors
///
/// [`Refused`]; the document is then as it was.
pub(crate) fn unseal_all(document: &mut Document, sealing: &Sealing, path: &Path) -> Result<Count, Refused> {
    let sealed = document.clone();
    let opened = Opened::open(document, &sealing.keys());
    let mut count = closed(&opened);
    let mut texts = sealed.clone();
    texts.each_secret(|id, field, value| match opened.was(id, field, value) {
        // A text that is its own plain form.
        Some(_) => count.already += 1,
        None => count.converted += usize::from(is_sealed(value)),
    });
    count.converted -= count.closed.len();
    let verified = verify(&sealed, document, sealing, path).and_then(|()| verify(document, document, sealing, path));
    verified.inspect_err(|_| document.clone_from(&sealed))?;
    Ok(count)
}

fn closed(opened: &Opened) -> Count {
    let closed = opened.closed.iter().map(|(profile, why)| Closed { profile: profile.clone(), why: why.clone() });
    Count { closed: closed.collect(), ..Count::default() }
}

/// Makes sure, before anything is written, that the bytes of `wanted` read as it does, and that a process which begins
/// anew finds every secret of `plain` in them, and everything else as well.
fn verify(wanted: &Document, plain: &Document, sealing: &Sealing, path: &Path) -> Result<(), Refused> {
    let bytes = secrecy::zeroize::Zeroizing::new(wanted.clone().into_bytes());
    let mut read = Document::parse(&bytes, path).map_err(|_| Refused::NotVerified)?;
    Opened::open(&mut read, &sealing.anew().keys());
    let whole = Document::parse(&secrecy::zeroize::Zeroizing::new(plain.clone().into_bytes()), path);
    // Both have been through the file's form, which adds what a store must have.
    if whole.is_ok_and(|whole| whole == read) { Ok(()) } else { Err(Refused::NotVerified) }
}
