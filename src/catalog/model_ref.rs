//! One model at one provider.

use std::fmt;
use std::str::FromStr;

use crate::catalog::{ProviderId, normal};

/// A provider's own name for a model, as the provider spells it: case matters, and it may hold `/`, `:` and `@`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(String);

impl ModelId {
    /// The model id `text`, trimmed, unless that is empty.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// An id that this program's own tables spell out.
    pub(crate) fn built_in(id: &'static str) -> Self {
        Self(id.to_owned())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A model at a provider, written `provider/model`.
///
/// [`ModelRef::new`] and parsing give the model the spelling that its provider uses; `openrouter/auto` is short for
/// `openrouter/openrouter/auto`, and is how the latter is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelRef {
    /// Whose model it is.
    pub provider: ProviderId,
    /// Which model of theirs.
    pub model: ModelId,
}

impl ModelRef {
    /// `model` at `provider`, in the spelling that the provider uses.
    pub fn new(provider: ProviderId, model: ModelId) -> Self {
        let model = normal::canonical(&provider, model);
        Self { provider, model }
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The family doubles no prefix in its keys. Only where reading puts it back can it be left out here.
        if self.provider.as_str() == "openrouter"
            && let Some(own) = self.model.as_str().strip_prefix("openrouter/")
            && !own.is_empty()
            && own.trim() == own
            && !own.contains('/')
        {
            return write!(f, "openrouter/{own}");
        }
        write!(f, "{}/{}", self.provider, self.model)
    }
}

/// The text is not of the form `provider/model`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no model ref: expected `provider/model`")]
pub struct InvalidModelRef(String);

impl FromStr for ModelRef {
    type Err = InvalidModelRef;

    /// Splits at the first `/`; what follows it may hold more of them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidModelRef(text.to_owned());
        let (provider, model) = text.split_once('/').ok_or_else(invalid)?;
        Ok(Self::new(ProviderId::new(provider).ok_or_else(invalid)?, ModelId::new(model).ok_or_else(invalid)?))
    }
}

impl TryFrom<String> for ModelRef {
    type Error = <Self as FromStr>::Err;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ModelRef> for String {
    fn from(value: ModelRef) -> Self {
        value.to_string()
    }
}
