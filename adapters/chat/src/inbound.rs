//! What reaches the engine.

use crate::{Conversation, Invocation, Room};

/// One thing that a person did in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// Where it happened.
    pub conversation: Conversation,
    /// What the conversation is a room of, on platforms where chats are part of something larger.
    pub room: Option<Room>,
    /// Who did it.
    pub sender: Sender,
    /// The name the bot goes by there, without `@`; compared case-insensitively with the suffix of a command.
    pub bot: String,
    /// Whether it is plainly meant for the bot: written in private, with a mention of it, as an answer to it,
    /// a press, or a command that was filled in.
    /// Elsewhere people also talk to each other.
    pub addressed: bool,
    /// The platform's id of the event, where it may be delivered again: what was changed for it is not changed twice.
    pub id: Option<String>,
    /// What was done.
    pub event: Event,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Wrote a message. A leading mention of the bot has been taken off by the adapter.
    Message(String),
    /// Passed on what somebody wrote elsewhere: it may be talked about, and is never a command.
    Forwarded(String),
    /// Pressed a button; the token is the one that came with its [`crate::Choice`].
    Press(String),
    /// Filled in a command where commands are forms.
    Command(Invocation),
}

/// Who wrote or pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The platform's id of the person, as text. Names can be chosen by anybody; ids cannot.
    pub id: String,
    /// The name shown to others, if the platform gave one.
    pub name: Option<String>,
    /// The ids of the roles that the person has there, on platforms where an administrator gives them out.
    pub roles: Vec<String>,
}
