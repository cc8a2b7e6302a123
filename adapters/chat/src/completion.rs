//! Proposals while a command is being filled in.

use crate::{Conversation, Invocation, Room, Sender};

/// Somebody is filling in a command, and wants to see what could be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionRequest {
    /// Where.
    pub conversation: Conversation,
    /// What the conversation is a room of, if anything.
    pub room: Option<Room>,
    /// Who.
    pub sender: Sender,
    /// What has been filled in so far, the parameter in question as well.
    pub invocation: Invocation,
    /// The name of the parameter in question.
    pub parameter: String,
    /// At most so many proposals are shown.
    pub most: usize,
}

/// One proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is shown.
    pub label: String,
    /// What is filled in when it is taken.
    pub value: String,
}
