//! What a profile holds.

use jiff::Timestamp;
use secrecy::SecretString;

use crate::profile::SecretRef;

/// A credential of one of the three kinds that the auth store knows.
#[derive(Debug, Clone)]
pub enum Credential {
    /// An API key: does not expire.
    ApiKey {
        /// The key.
        key: SecretValue,
    },
    /// A static bearer token, a setup-token among them: may expire, cannot be refreshed.
    Token {
        /// The token.
        token: SecretValue,
        /// When it ends.
        expires: Expiry,
    },
    /// An OAuth grant: an access token, and usually the means to get the next one.
    OAuth(OAuth),
}

/// An OAuth grant.
#[derive(Debug, Clone)]
pub struct OAuth {
    /// The access token, unless blank.
    pub access: Option<SecretString>,
    /// The refresh token, unless blank.
    pub refresh: Option<SecretString>,
    /// When the access token ends.
    pub expires: Expiry,
    /// The client that the grant was minted by, where the store says so.
    pub client_id: Option<String>,
}

/// When something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// No end is given.
    Never,
    /// It ends then (stored in milliseconds since 1970).
    At(Timestamp),
    /// A value is there that is no time: zero, negative, or no number. A credential that has one is not used.
    Invalid,
}

/// A secret that is written in the store, or a note of where it is.
#[derive(Debug, Clone)]
pub enum SecretValue {
    /// It is not there, or blank.
    Missing,
    /// The secret itself, trimmed.
    Inline(SecretString),
    /// Where it is. Resolved in memory at use, never written back.
    Ref(SecretRef),
}
