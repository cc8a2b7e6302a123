//! Who a token makes its holder.

/// The bot that a token belongs to, as Telegram describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Telegram's id of it.
    pub id: u64,
    /// Its user name, without `@`.
    pub username: String,
    /// The name that people are shown.
    pub name: String,
    /// Whether it can be added to groups.
    pub joins_groups: bool,
    /// Whether it is shown every message of a group; otherwise those that are plainly meant for it (privacy mode).
    pub reads_groups: bool,
}
