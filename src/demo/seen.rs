//! What reached the loopback provider.

use jiff::Timestamp;
use serde_json::Value;

use crate::profile::{Fingerprint, ProfileId};
use crate::provider::Api;

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// When it arrived.
    pub at: Timestamp,
    /// Whose endpoint it was sent to.
    pub provider: String,
    /// The wire format.
    pub api: Api,
    /// The fingerprint of the credential it came with.
    pub fingerprint: Option<Fingerprint>,
    /// The profile whose credential that is, if it is a known one.
    pub profile: Option<ProfileId>,
    /// The model name in the body.
    pub model: String,
    /// The status it was answered with; 0 for none.
    pub status: u16,
    /// The tokens that the answer says were read and written; `None` where it says nothing of them.
    pub tokens: Option<(u64, u64)>,
    /// Whether it was answered to the end.
    pub answered: bool,
    /// Its headers, names in lower case; a credential is replaced by its fingerprint.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Value,
}

impl Seen {
    /// The header of that lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}
