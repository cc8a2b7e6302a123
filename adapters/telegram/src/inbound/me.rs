//! Who the bot is.

/// Who the bot is, as Telegram says it of the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Me {
    /// Its id.
    pub(crate) id: u64,
    /// Its user name, without `@`.
    pub(crate) username: String,
}
