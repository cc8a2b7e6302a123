//! A short name of a model.

use std::fmt;
use std::str::FromStr;

/// A short name of a model, as the operator spells it; compared without regard to letter case.
///
/// It is not blank and holds neither `/`, which would make it look like `provider/model`, nor control characters, and
/// does not begin with `@`, which would make it look like a profile.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Alias(String);

impl Alias {
    /// The alias as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text cannot be an alias.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no alias: it must not be blank, hold a `/` or a control character, or begin with `@`")]
pub struct InvalidAlias(String);

impl FromStr for Alias {
    type Err = InvalidAlias;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let alias = text.trim();
        if alias.is_empty() || alias.starts_with('@') || alias.contains('/') || alias.chars().any(char::is_control) {
            return Err(InvalidAlias(text.to_owned()));
        }
        Ok(Self(alias.to_owned()))
    }
}
