//! A bot as the test knows it.

/// A bot: its number, which a token begins with, and the name people call it by.
#[derive(Debug, Clone)]
pub(crate) struct BotName {
    pub(crate) id: i64,
    pub(crate) token: String,
    /// Without `@`.
    pub(crate) username: String,
}
