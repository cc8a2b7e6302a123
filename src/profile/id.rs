//! The id of an auth profile.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::catalog::ProviderId;

/// The key of a profile in the auth store: by convention `provider:name`, in fact any text that is not blank.
///
/// Nothing is read from the part before the colon; which provider a profile belongs to is said by its credential. Case
/// matters, and ids may hold `@`, `/`, `+`, `~`, spaces and any Unicode. A clone costs nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileId(Arc<str>);

impl ProfileId {
    /// The id `text`, exactly as it stands in the store, unless that is blank.
    pub fn new(text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| Self(text.into()))
    }

    /// The full id that `name` is short for at `provider`: `work` → `anthropic:work`.
    pub fn short(provider: &ProviderId, name: &str) -> Self {
        Self(format!("{provider}:{name}").into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is blank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a profile id must not be blank")]
pub struct InvalidProfileId;

impl FromStr for ProfileId {
    type Err = InvalidProfileId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text).ok_or(InvalidProfileId)
    }
}

impl TryFrom<String> for ProfileId {
    type Error = <Self as FromStr>::Err;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ProfileId> for String {
    fn from(value: ProfileId) -> Self {
        value.to_string()
    }
}
