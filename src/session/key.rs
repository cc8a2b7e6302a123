//! The name of a session's row.

use std::fmt;
use std::str::FromStr;

use modelpin_chat::{Conversation, Kind, Thread};

use crate::agent::AgentId;

/// `agent:<agent>:<channel>:<account>:<kind>:<peer>[:topic:<id>|:thread:<id>]`, lower case.
///
/// Not to be confused with the family's key, which has no account and folds all private chats into one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionKey(String);

impl SessionKey {
    /// The key of the session that `conversation` is for `agent`.
    ///
    /// `:` inside an id would let one chat spell another one's key, so it is written `%3a` (and `%` `%25`).
    ///
    /// With `fold_dms` (`session.dmScope: "main"`) all private chats are one session.
    pub fn of(agent: &AgentId, conversation: &Conversation, fold_dms: bool) -> Self {
        let Conversation { channel, account, kind, peer, thread } = conversation;
        if fold_dms && *kind == Kind::Dm {
            return Self(format!("agent:{agent}:any:any:dm:main"));
        }
        let chat = format!("agent:{agent}:{}:{}:{kind}:{}", part(channel), part(account), part(peer));
        Self(match thread {
            Some(Thread::Topic(id)) => format!("{chat}:topic:{}", part(id)),
            Some(Thread::Thread(id)) => format!("{chat}:thread:{}", part(id)),
            None => chat,
        })
    }

    /// The session of the chat that a topic or thread is part of.
    pub fn parent(&self) -> Option<Self> {
        let fields: Vec<&str> = self.0.split(':').collect();
        (fields.len() > 6).then(|| Self(fields[..6].join(":")))
    }

    /// The conversation that it stands for; `None` where it stands for several, or is that of no channel.
    pub(crate) fn conversation(&self) -> Option<Conversation> {
        let fields: Vec<&str> = self.0.split(':').collect();
        let [_, _, channel, account, kind, peer, thread @ ..] = fields.as_slice() else { return None };
        let thread = match thread {
            ["topic", id] => Some(Thread::Topic(whole(id))),
            ["thread", id] => Some(Thread::Thread(whole(id))),
            _ => None,
        };
        let kind = kind.parse().ok().filter(|_| *channel != "any")?;
        Some(Conversation { channel: whole(channel), account: whole(account), kind, peer: whole(peer), thread })
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One part of a key: lower case, never blank, without the separator.
fn part(text: &str) -> String {
    let text = text.trim().to_lowercase().replace('%', "%25").replace(':', "%3a");
    if text.is_empty() { "-".to_owned() } else { text }
}

/// What [`part`] was made of, in lower case.
fn whole(part: &str) -> String {
    part.replace("%3a", ":").replace("%25", "%")
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no session key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no session key: expected `agent:<agent>:<channel>:<account>:<kind>:<peer>`, perhaps with `:topic:<id>` or `:thread:<id>`"
)]
pub struct InvalidSessionKey(String);

impl FromStr for SessionKey {
    type Err = InvalidSessionKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fields: Vec<&str> = text.split(':').collect();
        let shaped = fields.first() == Some(&"agent")
            && (fields.len() == 6 || fields.len() == 8 && matches!(fields[6], "topic" | "thread"))
            && fields.iter().all(|field| !field.is_empty())
            && text == text.to_lowercase();
        if shaped { Ok(Self(text.to_owned())) } else { Err(InvalidSessionKey(text.to_owned())) }
    }
}

impl TryFrom<String> for SessionKey {
    type Error = <Self as FromStr>::Err;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SessionKey> for String {
    fn from(value: SessionKey) -> Self {
        value.to_string()
    }
}
