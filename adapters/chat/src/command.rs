//! What a platform's own menu of commands shows, and how people fill it in.

use crate::Visibility;

/// One command, as a platform offers it to people who type `/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CommandEntry {
    /// Its name without `/`.
    pub name: String,
    /// What it does, in one line.
    pub summary: String,
    /// Who is offered it.
    pub audience: Audience,
    /// How it is filled in, on a platform where commands are forms.
    pub form: Form,
}

/// How a command is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Form {
    /// There is nothing but what it asks for.
    Fields {
        /// What it asks for; those that have to be filled in come first.
        parameters: Vec<Parameter>,
        /// Who may usually see the answer. A platform wants to know that before there is one.
        answers: Visibility,
    },
    /// One of several things is done.
    Subcommands(Vec<Subcommand>),
}

/// One of the things that a command can do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subcommand {
    /// Its name.
    pub name: String,
    /// What it does, in one line.
    pub summary: String,
    /// What it asks for; those that have to be filled in come first.
    pub parameters: Vec<Parameter>,
    /// Who may usually see the answer.
    pub answers: Visibility,
}

/// Something that a command asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What to fill in, in one line.
    pub summary: String,
    /// Whether the command cannot do without it.
    pub required: bool,
    /// What it takes.
    pub kind: ParameterKind,
}

/// What a parameter takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// Any text.
    Text,
    /// Any text, with proposals while it is typed: [`crate::Handler::complete`].
    Completed,
    /// A whole number, at least this.
    Number {
        /// The least one.
        least: u32,
    },
    /// One of these.
    OneOf(Vec<String>),
}

/// Who is offered a command. What somebody may do is decided when it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody.
    Everybody,
    /// The owners of the bot, in their private chats with it.
    Owners,
}

impl Form {
    /// A command that asks for nothing.
    #[must_use]
    pub fn empty(answers: Visibility) -> Self {
        Self::Fields { parameters: Vec::new(), answers }
    }
}

/// A command that was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The name of its [`CommandEntry`].
    pub command: String,
    /// Which [`Subcommand`], where the command has some.
    pub subcommand: Option<String>,
    /// What was filled in: the name of the [`Parameter`], and the text or the digits.
    pub values: Vec<(String, String)>,
}

impl Invocation {
    /// What was filled in for the parameter of that name.
    pub fn value(&self, parameter: &str) -> Option<&str> {
        self.values.iter().find(|(name, _)| name == parameter).map(|(_, value)| value.as_str())
    }
}
