//! Who a bot is.

/// A bot, as Discord knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its user id.
    pub id: u64,
    /// Its user name.
    pub username: String,
    /// The id of the application that it belongs to.
    pub application: u64,
    /// Whether it may read what is written in servers without a mention of it: the intent "Message Content" is switched on
    /// in Discord's developer portal.
    pub reads_messages: bool,
}
