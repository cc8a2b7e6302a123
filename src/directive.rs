//! What a chat message asks of the engine: the typed form of a command.
//!
//! [`read`] turns a message into a [`Message`]; `Display` turns what was read back into its canonical text, which reads as
//! the same again. The grammar and its decisions are in `docs/GRAMMAR.md`.
//!
//! # Example
//!
//! ```
//! use modelpin::directive::{Message, read};
//!
//! assert_eq!(read("have you tried /model?", "mybot"), Ok(Message::Plain));
//! let Ok(Message::Command(command)) = read("/MODEL@mybot: opus@work for 90m", "mybot") else { unreachable!() };
//! assert_eq!(command.to_string(), "/model opus@work for 1h30m");
//!
//! let fault = read("/model opus please", "mybot").unwrap_err();
//! assert_eq!(fault.at(), 12..18);
//! ```

use std::ops::Range;
use std::time::Duration;

mod caret;
mod display;
mod duration;
mod fault;
mod grammar;
mod invocation;
mod line;
mod operation;
mod quote;
mod selection;
mod table;
mod token;

pub use caret::caret;
pub use duration::{LONGEST, duration, duration_text};
pub use fault::{Expected, Fault};
pub use grammar::read;
pub use invocation::{FormFault, line_of};
pub(crate) use line::{is_break, is_invisible};
pub use operation::{Operation, OrderWish};
pub use table::command_entries;
pub(crate) use table::{OWN_FORMS, forms, operator_forms};

/// The names of the commands, lower case. An alias must equal none of them: it could not be reached by `/<alias>`.
pub const COMMAND_NAMES: [&str; 14] = [
    "model", "models", "new", "reset", "help", "whoami", "auth", "sessions", "pin", "unpin", "usage", "audit",
    "reload", "drain",
];

/// The words that `/model` takes for something else than a model, lower case; so it does whole numbers.
pub const KEYWORDS: [&str; 7] = ["list", "profiles", "status", "why", "default", "reset", "undo"];

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
    /// The second line and what follows it, as typed; `None` when that is blank, and when it became the directive's text.
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
    /// `/model profiles [page]`: the credentials of the model in effect.
    Profiles {
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
        /// What the new conversation begins with, as typed: the rest of the line and all the following lines.
        text: Option<String>,
    },
    /// `/help`.
    Help,
    /// `/whoami`.
    Whoami,
    /// `/auth`, `/sessions`, `/pin`, `/unpin`, `/usage`, `/audit`, `/reload`, `/drain`.
    Operate(Operation),
    /// `/<word> [text]`: an alias, if the catalogue says so; else the message is plain text.
    Shortcut {
        /// The word and what is attached to it by `@`, as typed.
        wanted: Wanted,
        /// What to ask that model once, as typed: the rest of the line and all the following lines.
        text: Option<String>,
    },
}

/// How a model and a credential were named. What an `@` in a bare word means is decided by the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// One word: `opus@work`, `@work`, `m@20251001`. Quotes around the whole of it change nothing, so that it may hold
    /// blanks: `"opus@my key"`. It never ends in `@`.
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

/// A name that no person typed, for commands made by the program; its span covers its own text.
impl From<&str> for Typed {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), span: 0..text.len() }
    }
}

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
