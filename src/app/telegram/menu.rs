//! What Telegram's own menu of commands shows.

use modelpin_chat::{Audience, CommandEntry};

/// The commands of a chat, in the order in which they are shown.
const COMMANDS: [(&str, &str); 6] = [
    ("model", "See or choose the model and the credential of this chat"),
    ("models", "Browse the models that can be chosen"),
    ("new", "Begin a new conversation"),
    ("reset", "Begin a new conversation"),
    ("help", "See what can be typed"),
    ("whoami", "See your id and your session"),
];

/// The entries of the menu.
pub(super) fn commands() -> Vec<CommandEntry> {
    let entry = |(name, summary): &(&str, &str)| CommandEntry {
        name: (*name).to_owned(),
        summary: (*summary).to_owned(),
        audience: Audience::Everybody,
    };
    COMMANDS.iter().map(entry).collect()
}
