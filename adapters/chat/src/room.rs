//! What a conversation is part of.

/// The larger thing that a conversation is a room of: a server of Discord, with its channels.
///
/// Names can be changed by whoever runs it; ids cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The platform's id of the larger thing, as text.
    pub server: String,
    /// Its name, where it is known.
    pub server_name: Option<String>,
    /// The name of the chat that [`crate::Conversation::peer`] is, where it is known.
    pub name: Option<String>,
}
