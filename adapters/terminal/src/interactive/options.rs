//! What the program decides for the person at the terminal.

use std::fmt;
use std::path::PathBuf;

use modelpin_chat::{Conversation, Sender};

use crate::person;

/// How a person is served.
#[derive(Debug)]
pub struct Options {
    /// The conversation that the person's messages belong to.
    pub conversation: Conversation,
    /// Who the person is.
    pub sender: Sender,
    /// The bot's name.
    pub bot: String,
    /// What stands before the line that is being typed; only shown to a terminal.
    pub prompt: String,
    /// What is shown first.
    pub greeting: Option<String>,
    /// Where typed lines are remembered from one run to the next; nowhere by default.
    pub history: Option<History>,
}

/// Where typed lines are remembered.
pub struct History {
    /// The file. It is made with access for its owner only; its folder has to be there.
    pub path: PathBuf,
    /// Whether a line may be remembered at all, even for this run: `false` for what looks like a secret.
    pub keep: fn(&str) -> bool,
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Options {
    /// The person at the keyboard, in private, talking to `bot`.
    pub fn new(bot: impl Into<String>) -> Self {
        let bot = bot.into();
        Self {
            conversation: person::conversation(),
            sender: person::owner(),
            prompt: format!("{bot}> "),
            bot,
            greeting: None,
            history: None,
        }
    }
}
