//! Why a sealed secret does not open, or a secret cannot be sealed.

/// Why a sealed secret does not open, or a secret cannot be sealed. Read as the end of "`<profile>` …"; names where the
/// key should be, and holds nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SealTrouble {
    /// Nobody said what the passphrase is. It can be given at any time.
    #[error(
        "is sealed with a passphrase, and none is given: name the file that holds it in `auth.sealPassphraseFile` or in \
         MODELPIN_SEAL_PASSPHRASE_FILE"
    )]
    NoPassphrase,
    /// The passphrase is where it cannot be read. It can be mended at any time.
    #[error(
        "is sealed with a passphrase, and {place} cannot be read: {why}. Put the passphrase back there, or store the credential anew"
    )]
    Unreadable {
        /// Where it should be.
        place: String,
        /// What the system said.
        why: String,
    },
    /// There is a passphrase, and it is not the one.
    #[error(
        "is sealed with another passphrase than the one in {place}. Put the right one there, or store the credential anew"
    )]
    OtherPassphrase {
        /// Where the wrong one is.
        place: String,
    },
    /// The keyring has no such key.
    #[error(
        "is sealed with a key that is missing: there is no entry {entry} in the keyring. Bring that entry back, or store the \
         credential anew"
    )]
    NoKey {
        /// The entry.
        entry: String,
    },
    /// The keyring has something else there.
    #[error(
        "is sealed with another key than the one in the keyring entry {entry}. Bring the right one back, or store the credential anew"
    )]
    OtherKey {
        /// The entry.
        entry: String,
    },
    /// The keyring cannot be asked. It is asked again by the next start.
    #[error(
        "is sealed with the key in the keyring entry {entry}, and the keyring cannot be reached: {why}. Unlock it and start again"
    )]
    NoKeyring {
        /// The entry.
        entry: String,
        /// What the system said.
        why: String,
    },
    /// The right key does not open it.
    #[error(
        "is sealed, and the sealed value was damaged, or comes from another profile or field. Bring the right value back, or \
         store the credential anew"
    )]
    Damaged,
    /// It is of a version that is not known here.
    #[error("is sealed in a form that this modelpin does not know; a newer one may")]
    OtherVersion,
    /// A secret cannot be sealed, and is therefore not written.
    #[error("cannot be sealed: {0}")]
    CannotSeal(String),
    /// What is kept for several machines has to be sealed, and this is not.
    #[error(
        "is not sealed, and nothing else is put into a database: write `auth.seal: \"passphrase\"` into the configuration; \
         a field that is not among those that modelpin seals cannot be kept there"
    )]
    InTheClear,
    /// What is kept for several machines has to open on each of them.
    #[error(
        "is sealed with the keyring of one machine, and other machines could not open it in a database: seal it with the \
         passphrase, `modelpin models auth seal --with passphrase`"
    )]
    NotForOthers,
    /// The machine has not the memory that a key is derived in.
    #[error("needs a key derived from a passphrase, for which this machine has not the memory")]
    NotDerived,
}
