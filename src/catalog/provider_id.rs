//! The id of a vendor's API.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Other spellings of a provider id, with the canonical one.
///
/// The union of the columns of the family's table; where January and April disagree (`qwen`, `kimi-code`,
/// `kimi-coding`) April's reading is taken.
const SPELLINGS: [(&str, &str); 14] = [
    ("z.ai", "zai"),
    ("z-ai", "zai"),
    ("opencode-zen", "opencode"),
    ("opencode-go-auth", "opencode-go"),
    ("modelstudio", "qwen"),
    ("qwencloud", "qwen"),
    ("kimi-code", "kimi"),
    ("kimi-coding", "kimi"),
    ("bedrock", "amazon-bedrock"),
    ("aws-bedrock", "amazon-bedrock"),
    ("bytedance", "volcengine"),
    ("doubao", "volcengine"),
    ("volcengine-plan", "volcengine"),
    ("byteplus-plan", "byteplus"),
];

/// A provider, in canonical form: trimmed, lower case, one spelling each. Never empty, never holds `/`. A clone costs
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderId(Arc<str>);

impl ProviderId {
    /// The canonical id for `text`, unless that is empty or holds a `/`.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        if text.is_empty() || text.contains('/') {
            return None;
        }
        let known = SPELLINGS.iter().find(|(spelling, _)| *spelling == text);
        Some(Self(known.map_or_else(|| text.as_str().into(), |(_, canonical)| (*canonical).into())))
    }

    /// An id that this program's own tables spell canonically.
    pub(crate) fn built_in(id: &'static str) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is empty or holds a `/`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no provider id: it must not be empty nor hold a `/`")]
pub struct InvalidProviderId(String);

impl FromStr for ProviderId {
    type Err = InvalidProviderId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text).ok_or_else(|| InvalidProviderId(text.to_owned()))
    }
}
