//! Why a command cannot be read, where, and what to type instead.

use std::ops::Range;

use nom::IResult;
use nom::error::{ErrorKind, ParseError};

use crate::directive::caret::{caret, shortened, shown};
use crate::directive::line::Line;

/// What would have been right in the place of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expected {
    /// The name of a bot after `/model@`.
    Bot,
    /// Something between two quotes.
    Name,
    /// The quote that closes an open one.
    ClosingQuote,
    /// A profile after `@`.
    Profile,
    /// The number of an entry, from 1.
    Entry,
    /// The number of a page, from 1.
    Page,
    /// A plain number instead of a paging word of older programs.
    PlainPage,
    /// `once`, `for …`, or nothing.
    Lifetime,
    /// How long, after `for`.
    Duration,
    /// Nothing more.
    End,
    /// No option, or `--session`.
    Session,
    /// The operator's command instead of a wider scope.
    OperatorCommand,
    /// What is to be done with the credentials.
    AuthCommand,
    /// The name of a profile.
    ProfileName,
    /// The name of a provider.
    ProviderName,
    /// The key of a session.
    SessionKey,
    /// A model, a profile or both, for a session.
    Selection,
    /// The key of a session, or the name of a profile.
    SessionOrProfile,
    /// What usage is summed up by.
    Dimension,
    /// How many rows.
    Count,
}

/// A command that cannot be read. Nothing of it was carried out.
///
/// Shown, it is one message to the person who typed: what is wrong, and what to type instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct Fault {
    at: Range<usize>,
    expected: Expected,
    found: String,
}

impl Fault {
    /// The bytes of the message that could not be read; empty where something is missing.
    pub fn at(&self) -> Range<usize> {
        self.at.clone()
    }

    /// What would have been right there.
    pub fn expected(&self) -> Expected {
        self.expected
    }

    fn message(&self) -> String {
        let found = &self.found;
        match self.expected {
            Expected::Bot => "Expected the name of a bot right after `@`: type `/model opus@work` or `/model @work` to name a profile.".to_owned(),
            Expected::Name => "Expected a name between the quotes: type `/model \"openai/gpt-5.4\"`.".to_owned(),
            Expected::ClosingQuote => {
                "Expected a second quote to close this one: type `/model \"my model\"@\"my key\"`.".to_owned()
            }
            Expected::Profile => {
                "Expected a profile after `@`: type `/model opus@work`, or `/model opus` to name none.".to_owned()
            }
            Expected::Entry => {
                format!("There is no entry `{found}`: type a number of the list, from 1. `/model list` shows it.")
            }
            Expected::Page => format!("There is no page `{found}`: type a number from 1, as in `/models anthropic 2`."),
            Expected::PlainPage => {
                format!("`{found}` is not read here: type the provider and the page's number, as in `/models anthropic 2`.")
            }
            Expected::Lifetime => format!(
                "Unexpected `{found}`: only `once` or `for 2h` can follow the model. A message for the model goes on the next line."
            ),
            Expected::Duration => {
                "Expected a time after `for`: type `90s`, `15m`, `2h`, `1h30m` or `7d` (at most `3650d`).".to_owned()
            }
            Expected::End => {
                format!("Unexpected `{found}`: this command ends before it. A message for the model goes on the next line.")
            }
            Expected::Session => format!(
                "Unknown option `{found}`: leave it out. A name that begins with a dash goes in quotes: `/model \"-name\"`."
            ),
            Expected::AuthCommand => format!(
                "Unexpected `{found}`: type `/auth`, or `/auth` with `add`, `remove`, `clear`, `order`, `disable` or `enable`."
            ),
            Expected::ProfileName => "Expected the name of a profile: `/auth` shows them.".to_owned(),
            Expected::ProviderName => {
                "Expected a provider, then the profiles in their order: type `/auth order anthropic work home`.".to_owned()
            }
            Expected::SessionKey => {
                "Expected the key of a session: `/sessions` shows them. Then `/pin <key> opus@work`.".to_owned()
            }
            Expected::Selection => "Expected what is to be chosen there: type `/pin <key> opus@work`.".to_owned(),
            Expected::SessionOrProfile => {
                "Expected the key of a session, or a profile: `/sessions` and `/auth` show them.".to_owned()
            }
            Expected::Dimension => format!(
                "`{found}` cannot be summed up by: type `/usage by profile`, `fingerprint`, `user`, `session`, `model` or `day`."
            ),
            Expected::Count => format!("Unexpected `{found}`: type how many rows, as in `/audit 20`."),
            Expected::OperatorCommand => format!(
                "`{found}` cannot be used in a chat: `/model` changes this chat only. The operator sets the default for everybody with `modelpin models set`."
            ),
        }
    }

    /// Two lines for a fixed-width font: the line of `text`, the message that was read, and `^^^` under the fault.
    pub fn caret(&self, text: &str) -> String {
        caret(text, &self.at)
    }
}

/// What a production returns.
pub(crate) type Parsed<'a, T> = IResult<&'a str, T, Trouble<'a>>;

/// Why a production did not match: the error type that nom is given.
///
/// A recoverable error says nothing, since the next alternative is tried. Whatever a person is to be told is a failure,
/// raised where it is certain, so that no outer production can hide it.
#[derive(Debug)]
pub(crate) struct Trouble<'a> {
    told: Option<(&'a str, Expected)>,
}

impl<'a> ParseError<&'a str> for Trouble<'a> {
    fn from_error_kind(_: &'a str, _: ErrorKind) -> Self {
        Self { told: None }
    }

    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

impl Trouble<'_> {
    /// The fault for the person who typed `line`, if there is one to tell.
    pub(crate) fn fault(&self, line: &Line<'_>) -> Option<Fault> {
        let (part, expected) = self.told?;
        Some(Fault { at: line.span_of(part), expected, found: shortened(&shown(part)) })
    }
}

/// The end of reading: `part` is not what was expected there.
pub(crate) fn failure(part: &str, expected: Expected) -> nom::Err<Trouble<'_>> {
    nom::Err::Failure(Trouble { told: Some((part, expected)) })
}
