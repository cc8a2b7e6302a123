//! Where a talk happens.

use std::fmt;
use std::str::FromStr;

/// One conversation on one platform: a private chat, a group, a channel, or a thread inside one of these.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Conversation {
    /// The platform: `telegram`, `discord`, `terminal`.
    pub channel: String,
    /// Which of the operator's bot accounts on that platform; `default` when there is only one.
    pub account: String,
    /// Whether one person or many take part.
    pub kind: Kind,
    /// The platform's id of the chat, as text: a person's id in a [`Kind::Dm`], the chat's id elsewhere.
    pub peer: String,
    /// The thread inside the chat, if the message belongs to one.
    pub thread: Option<Thread>,
}

/// Whether one person or many take part in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One person and the bot.
    Dm,
    /// A group whose members write to each other.
    Group,
    /// A broadcast channel, or a channel of a server.
    Channel,
}

impl Kind {
    /// The word used in session keys and on the wire: `dm`, `group`, `channel`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dm => "dm",
            Self::Group => "group",
            Self::Channel => "channel",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is none of `dm`, `group`, `channel`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKind(pub String);

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no kind of conversation: dm, group or channel", self.0)
    }
}

impl std::error::Error for UnknownKind {}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "dm" => Ok(Self::Dm),
            "group" => Ok(Self::Group),
            "channel" => Ok(Self::Channel),
            other => Err(UnknownKind(other.to_owned())),
        }
    }
}

/// A thread inside a chat, by the platform's id of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Thread {
    /// A forum topic: a lasting part of a group.
    Topic(String),
    /// A thread that was opened on a message or in a channel.
    Thread(String),
}

#[cfg(test)]
mod tests {
    use super::{Kind, UnknownKind};

    #[test]
    fn a_kind_reads_back_what_it_prints() {
        for kind in [Kind::Dm, Kind::Group, Kind::Channel] {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
    }

    #[test]
    fn an_unknown_kind_is_named_with_the_known_ones() {
        let fault = "DM".parse::<Kind>();
        assert_eq!(fault, Err(UnknownKind("DM".to_owned())));
        assert_eq!(UnknownKind("DM".to_owned()).to_string(), "`DM` is no kind of conversation: dm, group or channel");
    }
}
