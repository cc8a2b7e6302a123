//! What a profile holds.

use jiff::Timestamp;
use secrecy::SecretString;

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

/// A secret that is kept somewhere else: `{source, provider, id}` in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRef {
    /// What kind of place.
    pub source: SecretSource,
    /// The alias of the place, as configured under `secrets.providers`; `default` when the store names none.
    pub provider: String,
    /// The name of the secret there: a variable, `value` or a JSON pointer, or the argument of a program.
    pub id: String,
}

/// What kind of place a secret is kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretSource {
    /// An environment variable.
    Env,
    /// A file.
    File,
    /// The output of a program.
    Exec,
}
