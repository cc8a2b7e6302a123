//! How an account stands.

use std::fmt;

/// How an account stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// What the bot goes by there, once the platform has said it.
    pub(crate) bot: Option<String>,
    /// Its connection.
    pub(crate) link: Link,
}

/// The connection of an account to its platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// It was not there yet.
    Starting,
    /// People are answered.
    Up,
    /// The platform cannot be reached, or something broke; it is tried again. Says why.
    Down(String),
    /// Somebody else takes the bot's messages; it is tried again.
    OtherPoller,
    /// It cannot be served as it is configured: nothing is tried again before that changes. Says why.
    Refused(String),
    /// The end was asked for.
    Ended,
}

impl Standing {
    /// Before anything was tried.
    pub(crate) fn starting() -> Self {
        Self { bot: None, link: Link::Starting }
    }
}

impl Link {
    /// One word for programs.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Up => "up",
            Self::Down(_) => "down",
            Self::OtherPoller => "other-poller",
            Self::Refused(_) => "refused",
            Self::Ended => "ended",
        }
    }

    /// Why it is not up, in words.
    pub(crate) fn why(&self) -> Option<&str> {
        match self {
            Self::Down(why) | Self::Refused(why) => Some(why),
            Self::OtherPoller => Some(
                "another poller: another program asks for this bot's messages. Stop it, or have @BotFather give out a new \
                 token",
            ),
            Self::Starting | Self::Up | Self::Ended => None,
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.link.word())?;
        if let Some(bot) = &self.bot {
            write!(f, " as @{bot}")?;
        }
        match self.link.why() {
            Some(why) => write!(f, ": {why}"),
            None => Ok(()),
        }
    }
}
