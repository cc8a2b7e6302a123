//! The `.env` of the state directory.
//!
//! Read as the family's programs read it, which is why no crate for it is used: those expand `$`, refuse a line that
//! they cannot read together with all others, or look into the process environment while they read.

mod fault;

pub use fault::{DotenvFault, DotenvTrouble};

/// What a `.env` says.
#[derive(Debug, Default)]
pub(crate) struct Dotenv {
    /// The variables that it sets, in order; a later line of the same name counts.
    pub(crate) variables: Vec<(String, String)>,
    /// The lines that are not as they should be. Nothing is guessed for them.
    pub(crate) faults: Vec<DotenvFault>,
}

impl Dotenv {
    /// Reads `text`.
    ///
    /// `export` may stand before a name. An unquoted value ends at a `#`, quoted ones may span lines, and `\n` and `\r`
    /// mean line ends in double quotes only. Nothing is expanded. A line that sets nothing is passed over.
    pub(crate) fn read(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let mut read = Self::default();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let line_at = text.len() - rest.len();
            let mut fault = |trouble| read.faults.push(DotenvFault { line: line_number(&text, line_at), trouble });
            let line_end = rest.find('\n').map_or(rest.len(), |at| at + 1);
            let (line, after) = rest.split_at(line_end);
            rest = after;
            let Some((name, value)) = line.split_once('=').and_then(|(name, value)| Some((valid_name(name)?, value)))
            else {
                let line = line.trim();
                if !line.is_empty() && !line.starts_with('#') {
                    fault(DotenvTrouble::NoVariable);
                }
                continue;
            };
            let value = value.trim_start_matches([' ', '\t']);
            let quote = value.chars().next().filter(|first| ['"', '\'', '`'].contains(first));
            let value_at = text.len() - rest.len() - value.len();
            let value = match quote.map(|quote| (quote, closing(&text[value_at + 1..], quote))) {
                Some((quote, Some(length))) => {
                    let inside = &text[value_at + 1..value_at + 1 + length];
                    let after_quote = &text[value_at + length + 2..];
                    let (left, following) = after_quote.split_once('\n').unwrap_or((after_quote, ""));
                    rest = following;
                    if !left.trim().is_empty() && !left.trim().starts_with('#') {
                        fault(DotenvTrouble::AfterQuote);
                    }
                    if quote == '"' { inside.replace("\\n", "\n").replace("\\r", "\r") } else { inside.to_owned() }
                }
                Some((_, None)) => {
                    fault(DotenvTrouble::OpenQuote);
                    unquoted(value)
                }
                None => unquoted(value),
            };
            read.variables.push((name.to_owned(), value));
        }
        read
    }
}

fn unquoted(value: &str) -> String {
    value.split('#').next().unwrap_or_default().trim().to_owned()
}

/// The number of the line that begins at `at`, the first being 1.
fn line_number(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
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
