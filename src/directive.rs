//! What a chat message asks of the engine: the typed form of a command.

use std::ops::Range;
use std::time::Duration;

/// A message, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Not a command: it goes to the model untouched.
    Plain,
    /// A command for another bot: no reply at all.
    ForAnotherBot,
    /// A command.
    Command(Command),
}

/// A command, and what is to be sent to the model after it was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What is to be done.
    pub directive: Directive,
    /// The second line and what follows it.
    pub following: Option<String>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// `/model`: the compact picker.
    Picker,
    /// `/model list [provider] [page]`, `/models [provider] [page]`.
    List {
        /// Narrowed to that provider, as typed.
        provider: Option<Typed>,
        /// From 1.
        page: Option<u32>,
    },
    /// `/model status`.
    Status,
    /// `/model why`.
    Why,
    /// `/model default`, `/model reset`.
    Default,
    /// `/model undo`.
    Undo,
    /// `/model 3`.
    Number(u32),
    /// `/model target[@profile] [lifetime]`.
    Select {
        /// What was named.
        wanted: Wanted,
        /// For how long.
        lifetime: Lifetime,
    },
    /// `/new [text]`, `/reset [text]`: a new conversation, and the text goes to it.
    New {
        /// What the new conversation begins with.
        text: Option<String>,
    },
    /// `/help`.
    Help,
    /// `/whoami`.
    Whoami,
    /// `/<word> [text]`: an alias, if the catalogue says so; else the message is plain text.
    Shortcut {
        /// The word and what is attached to it by `@`, as typed.
        wanted: Wanted,
        /// What to ask that model once.
        text: Option<String>,
    },
}

/// How a model and a credential were named. What an `@` in a bare word means is decided by the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// One bare word: `opus@work`, `@work`, `m@20251001`.
    Word(Typed),
    /// Quotes made the split plain: `"openai/gpt-5.4"@"openai:me@example.com"`, `@"my key"`.
    Parts {
        /// The model; `None` keeps the present one.
        target: Option<Typed>,
        /// The profile; `None` for a quoted target alone.
        profile: Option<Typed>,
    },
}

/// Something a person typed, and where it stands in the message.
#[derive(Debug, Clone)]
pub struct Typed {
    /// Without quotes, zero-width characters and the like.
    pub text: String,
    /// Its bytes in the message.
    pub span: Range<usize>,
}

/// Two are equal when they say the same, wherever they stand.
impl PartialEq for Typed {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Typed {}

/// How long a selection is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Until it is changed.
    Lasting,
    /// `once`: for the next turn.
    Once,
    /// `for 2h`.
    For(Duration),
}
