//! A person or a bot.

use serde_json::{Value, json};

/// Who is shown as the author where an administrator writes in the name of the group.
pub(crate) const ANONYMOUS: i64 = 1_087_968_824;
/// Who is shown as the author where somebody writes in the name of a channel.
pub(crate) const CHANNEL_BOT: i64 = 136_817_688;
/// Who passes a channel's posts on to the group that is linked with it.
pub(crate) const SERVICE: i64 = 777_000;

/// A person or a bot.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) is_bot: bool,
    pub(crate) first_name: String,
    pub(crate) username: Option<String>,
}

impl User {
    pub(crate) fn new(id: i64, is_bot: bool, first_name: &str, username: Option<&str>) -> Self {
        Self { id, is_bot, first_name: first_name.to_owned(), username: username.map(str::to_owned) }
    }

    /// Those that every chat knows.
    pub(crate) fn of_the_house() -> [Self; 3] {
        [
            Self::new(ANONYMOUS, true, "Group", Some("GroupAnonymousBot")),
            Self::new(CHANNEL_BOT, true, "Channel", Some("Channel_Bot")),
            Self::new(SERVICE, false, "Telegram", None),
        ]
    }

    pub(crate) fn json(&self) -> Value {
        let mut user = json!({"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name});
        if let Some(username) = &self.username {
            user["username"] = json!(username);
        }
        user
    }
}
