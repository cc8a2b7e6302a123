//! What reaches the engine.

use crate::Conversation;

/// One thing that a person did in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// Where it happened.
    pub conversation: Conversation,
    /// Who did it.
    pub sender: Sender,
    /// The name the bot goes by there, without `@`; compared case-insensitively with the suffix of a command.
    pub bot: String,
    /// What was done.
    pub event: Event,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Wrote a message. A leading mention of the bot has been taken off by the adapter.
    Message(String),
    /// Pressed a button; the token is the one that came with its [`crate::Choice`].
    Press(String),
}

/// Who wrote or pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The platform's id of the person, as text. Names can be chosen by anybody; ids cannot.
    pub id: String,
    /// The name shown to others, if the platform gave one.
    pub name: Option<String>,
}
