//! The `.env` of the state directory.
//!
//! Read as the family's programs read it, which is why no crate for it is used: those expand `$`, refuse a line that
//! they cannot read together with all others, or look into the process environment while they read.

#[cfg(feature = "cli")]
mod file;
#[cfg(feature = "cli")]
mod put;

use std::ops::Range;

#[cfg(feature = "cli")]
pub(crate) use file::{DotenvFault, changes, put_all};
#[cfg(feature = "cli")]
pub(crate) use put::read_otherwise_by_systemd;

/// A line that sets a variable, and where its parts are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only who changes the file asks where the parts are"))]
struct Line {
    name: String,
    value: String,
    /// From the beginning of the line to the end of its last one, without the line feed.
    whole: Range<usize>,
    /// The value as it is written, with its quotes.
    written: Range<usize>,
}

/// The variables that `text` sets, in order; a later line of the same name counts.
///
/// `export` may stand before a name. An unquoted value ends at a `#`, quoted ones may span lines, and `\n` and `\r` mean
/// line ends in double quotes only. Nothing is expanded. A line that sets nothing is passed over.
pub(crate) fn variables(text: &str) -> Vec<(String, String)> {
    lines(text).into_iter().map(|line| (line.name, line.value)).collect()
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while at < text.len() {
        let start = at;
        let end = line_end(text, start);
        at = end + 1;
        let Some((name, value)) =
            text[start..end].split_once('=').and_then(|(name, value)| Some((valid_name(name)?, value)))
        else {
            continue;
        };
        let value_at = end - value.trim_start_matches([' ', '\t']).len();
        let quote = text[value_at..end].chars().next().filter(|first| ['"', '\'', '`'].contains(first));
        let quoted = quote.and_then(|quote| Some((quote, closing(&text[value_at + 1..], quote)?)));
        let (value, written, end) = if let Some((quote, length)) = quoted {
            let inside = text[value_at + 1..value_at + 1 + length].replace("\r\n", "\n");
            let value = if quote == '"' { inside.replace("\\n", "\n").replace("\\r", "\r") } else { inside };
            let after = value_at + length + 2;
            (value, value_at..after, line_end(text, after))
        } else {
            let plain = text[value_at..end].split('#').next().unwrap_or_default().trim_end();
            (plain.trim().to_owned(), value_at..value_at + plain.len(), end)
        };
        at = end + 1;
        lines.push(Line { name: name.to_owned(), value, whole: start..end, written });
    }
    lines
}

/// Where the line that `at` is in ends.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |length| at + length)
}

fn valid_name(text: &str) -> Option<&str> {
    let text = text.trim();
    let name = match text.strip_prefix("export") {
        Some(name) if name.starts_with([' ', '\t']) => name.trim_start(),
        Some(_) | None => text,
    };
    let valid = |c: char| c.is_ascii_alphanumeric() || ['_', '.', '-'].contains(&c);
    (!name.is_empty() && name.chars().all(valid)).then_some(name)
}

/// How far the closing quote is; one after a backslash closes nothing.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if character == quote && !escaped {
            return Some(at);
        }
        escaped = character == '\\' && !escaped;
    }
    None
}
