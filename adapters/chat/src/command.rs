//! What a platform's own menu of commands shows.

/// One command, as a platform offers it to people who type `/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CommandEntry {
    /// Its name without `/`.
    pub name: String,
    /// What it does, in one line.
    pub summary: String,
    /// Who is offered it.
    pub audience: Audience,
}

/// Who is offered a command. What somebody may do is decided when it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody.
    Everybody,
    /// The owners of the bot, in their private chats with it.
    Owners,
}
