//! The key that new secrets are sealed with.

/// The key that new secrets are sealed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Whether it had to be made.
    pub made: bool,
    /// Where it is, in words.
    pub place: String,
}
