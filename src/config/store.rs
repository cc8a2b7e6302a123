//! What the configuration says of where the state is kept.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// `store.*`.
#[derive(Debug, Clone, Default)]
pub struct StoreConfig {
    /// `store.url`: a database for more than one machine, `postgres://user:password@host/database`. Without it the state is
    /// one file in the state directory.
    pub url: Option<SecretString>,
    /// `store.ca`: the certificates, as PEM, of those who may vouch for that database, in place of the usual ones.
    pub ca: Option<PathBuf>,
    /// `store.retention`.
    pub retention: Retention,
}

/// `store.retention`: for how long what is kept there is of use. `modelpin store gc` takes away what is older, and nothing
/// else does. `None` is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// `sessions`: those in which nothing is chosen, since they were last used; 180 days unless configured.
    pub sessions: Option<Duration>,
    /// `history`: what was said; 180 days unless configured.
    pub history: Option<Duration>,
    /// `receipts`: 90 days unless configured.
    pub receipts: Option<Duration>,
    /// `usage`: what was used, day by day; 400 days unless configured.
    pub usage: Option<Duration>,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |days: u64| Some(Duration::from_hours(days * 24));
        Self { sessions: days(180), history: days(180), receipts: days(90), usage: days(400) }
    }
}
