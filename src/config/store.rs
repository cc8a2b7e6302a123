//! What the configuration says of where the state is kept.

use std::path::PathBuf;

use secrecy::SecretString;

/// `store.*`.
#[derive(Debug, Clone, Default)]
pub struct StoreConfig {
    /// `store.url`: a database for more than one machine, `postgres://user:password@host/database`. Without it the state is
    /// one file in the state directory.
    pub url: Option<SecretString>,
    /// `store.ca`: the certificates, as PEM, of those who may vouch for that database, in place of the usual ones.
    pub ca: Option<PathBuf>,
}
