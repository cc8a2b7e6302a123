//! Why a command cannot be read, where, and what to type instead.

use std::ops::Range;

use nom::IResult;
use nom::error::{ErrorKind, ParseError};

use crate::directive::line::{Line, is_break, is_invisible};

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

/// How many characters of a person's words a message repeats.
const REPEATED: usize = 40;

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
            Expected::OperatorCommand => format!(
                "`{found}` cannot be used in a chat: `/model` changes this chat only. The operator sets the default for everybody with `modelpin models set`."
            ),
        }
    }

    /// Two lines for a fixed-width font: the line of `text`, the message that was read, and `^^^` under the fault.
    ///
    /// Long lines are cut with `…` on both sides of the fault.
    pub fn caret(&self, text: &str) -> String {
        let start = text.floor_char_boundary(self.at.start);
        let end = text.floor_char_boundary(self.at.end).max(start);
        let (before, behind) = (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default());
        let before: Vec<char> = shown(before.rsplit(is_break).next().unwrap_or_default().trim_start());
        let marked: Vec<char> = shown(text.get(start..end).unwrap_or_default());
        let behind: Vec<char> = shown(behind.split(is_break).next().unwrap_or_default().trim_end());

        let kept_before = before.get(before.len().saturating_sub(REPEATED)..).unwrap_or_default();
        let mut line = String::from(if kept_before.len() < before.len() { "…" } else { "" });
        line.extend(kept_before);
        let indent = line.chars().filter(|c| !is_combining(*c)).count();
        line.push_str(&shortened(&marked));
        let width = line.chars().filter(|c| !is_combining(*c)).count() - indent;
        let kept_behind = if marked.len() > REPEATED { String::new() } else { shortened(&behind) };
        format!("{line}{kept_behind}\n{}{}", " ".repeat(indent), "^".repeat(width.max(1)))
    }
}

/// The characters of `text` as they can stand on one line.
fn shown(text: &str) -> Vec<char> {
    let plain = |c: char| match c {
        _ if c.is_whitespace() => ' ',
        _ if c.is_control() => '\u{FFFD}',
        _ => c,
    };
    text.chars().filter(|c| !is_invisible(*c)).map(plain).collect()
}

/// Whether `c` is written over the character before it.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}')
}

/// The beginning of `text`, with `…` when that is not all of it.
fn shortened(text: &[char]) -> String {
    match text.get(..REPEATED) {
        Some(kept) if kept.len() < text.len() => kept.iter().copied().chain(['…']).collect(),
        Some(_) | None => text.iter().collect(),
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use crate::directive::read;

    fn caret(text: &str) -> String {
        read(text, "mybot").unwrap_err().caret(text)
    }

    #[test]
    fn the_caret_stands_under_what_is_wrong() {
        assert_eq!(caret("/model opus please now"), "/model opus please now\n            ^^^^^^");
        assert_eq!(caret("/model opus@"), "/model opus@\n            ^");
    }

    #[test]
    fn it_counts_what_is_seen() {
        assert_eq!(caret("/model провайдер сейчас"), "/model провайдер сейчас\n                 ^^^^^^");
        assert_eq!(caret("/model o\u{200B}pus\u{A0}n\u{303}o"), "/model opus n\u{303}o\n            ^^");
    }

    #[test]
    fn it_shows_the_line_of_the_command_only() {
        assert_eq!(caret("\n  /help me\nplease"), "/help me\n      ^^");
    }

    #[test]
    fn long_lines_are_cut_around_the_fault() {
        let text = format!("/model {} b {}", "a".repeat(100), "c".repeat(100));
        assert_eq!(caret(&text), format!("…{} b {}…\n{}^", "a".repeat(39), "c".repeat(39), " ".repeat(41)));
        let text = format!("/model a {} c", "b".repeat(100));
        assert_eq!(caret(&text), format!("/model a {}…\n{}{}", "b".repeat(40), " ".repeat(9), "^".repeat(41)));
    }

    #[test]
    fn a_text_that_was_never_read_does_no_harm() {
        let fault = read("/model opus please", "mybot").unwrap_err();
        assert_eq!(fault.caret("é"), "é\n ^");
    }
}
