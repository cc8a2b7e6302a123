//! Who the bot is.

/// Who the bot is, as Discord says it of the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Me {
    /// Its user id.
    pub(crate) id: u64,
    /// Its user name.
    pub(crate) username: String,
    /// The id of the application that it belongs to.
    pub(crate) application: u64,
}
