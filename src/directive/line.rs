//! The line a command stands on, cleared of what keyboards and copying put there.

use std::borrow::Cow;
use std::ops::Range;

use nom::Offset;

/// Whether `c` takes no room: zero-width characters, and the marks that turn the direction of writing.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Whether `c` ends a line.
pub(crate) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether nothing of `c` is seen.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// What stands for `c` in a clean line: nothing for the invisible, one kind of blank, one kind of `@`.
pub(crate) fn cleaned(c: char) -> Option<char> {
    match c {
        '\u{FF20}' => Some('@'),
        _ if is_invisible(c) => None,
        _ if c.is_whitespace() => Some(' '),
        _ => Some(c),
    }
}

/// Where the `/` stands with which `text` begins, if it begins with one.
///
/// Every message of every chat comes through here, so it looks at no byte behind the first that is seen.
pub(crate) fn leading_slash(text: &str) -> Option<usize> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'/' => return Some(at),
            b'\t'..=b'\r' | b' ' => {}
            0x80.. => {
                let seen = text.get(at..)?.trim_start_matches(is_unseen);
                return seen.starts_with('/').then(|| text.len() - seen.len());
            }
            _ => return None,
        }
    }
    None
}

/// The first line of a command, clean, with the way back to the bytes of the message.
pub(crate) struct Line<'a> {
    message: &'a str,
    /// The bytes of the line in the message, without its end.
    span: Range<usize>,
    clean: Cow<'a, str>,
    /// For each character of `clean` where it starts there, and the bytes of the message it stands for; empty when
    /// nothing had to be cleared.
    origins: Vec<(usize, Range<usize>)>,
}

impl<'a> Line<'a> {
    /// The line of `message` that begins at byte `start`.
    pub(crate) fn starting_at(message: &'a str, start: usize) -> Self {
        let rest = message.get(start..).unwrap_or_default();
        let raw = rest.split(is_break).next().unwrap_or_default();
        let span = start..start + raw.len();
        if raw.chars().all(|c| cleaned(c) == Some(c)) {
            return Self { message, span, clean: Cow::Borrowed(raw), origins: Vec::new() };
        }
        let mut clean = String::with_capacity(raw.len());
        let mut origins = Vec::new();
        for (at, c) in raw.char_indices() {
            if let Some(shown) = cleaned(c) {
                origins.push((clean.len(), start + at..start + at + c.len_utf8()));
                clean.push(shown);
            }
        }
        Self { message, span, clean: Cow::Owned(clean), origins }
    }

    /// The line without invisible characters, with plain blanks and plain `@`.
    pub(crate) fn clean(&self) -> &str {
        &self.clean
    }

    /// The bytes of the message that `part`, a slice of the clean line, stands for.
    pub(crate) fn span_of(&self, part: &str) -> Range<usize> {
        let from = self.clean.offset(part);
        let to = from + part.len();
        let start = self.before(from);
        start..if part.is_empty() { start } else { self.behind(to) }
    }

    /// The message from where `part`, a slice of the clean line, begins, as typed.
    pub(crate) fn message_from(&self, part: &str) -> &'a str {
        self.message.get(self.span_of(part).start..).unwrap_or_default()
    }

    /// The following lines, as typed, unless there is nothing to see in them.
    pub(crate) fn following(&self) -> Option<&'a str> {
        let rest = self.message.get(self.span.end..)?;
        let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(is_break))?;
        (!rest.chars().all(is_unseen)).then_some(rest)
    }

    /// Where the character begins in the message that begins at `at` in the clean line.
    fn before(&self, at: usize) -> usize {
        if self.origins.is_empty() {
            return self.span.start + at;
        }
        let index = self.origins.partition_point(|(clean, _)| *clean < at);
        self.origins.get(index).map_or(self.span.end, |(_, origin)| origin.start)
    }

    /// Where the character ends in the message that ends at `at` in the clean line.
    fn behind(&self, at: usize) -> usize {
        if self.origins.is_empty() {
            return self.span.start + at;
        }
        let index = self.origins.partition_point(|(clean, _)| *clean < at);
        index.checked_sub(1).and_then(|last| self.origins.get(last)).map_or(self.span.start, |(_, origin)| origin.end)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn the_slash_is_found_behind_blanks_of_any_kind_only() {
        assert_eq!(leading_slash("/model"), Some(0));
        assert_eq!(leading_slash(" \t\n/model"), Some(3));
        assert_eq!(leading_slash("\u{FEFF}\u{A0} /model"), Some(6));
        assert_eq!(leading_slash(" \u{200B}x /model"), None);
        assert_eq!(leading_slash("é/model"), None);
        assert_eq!(leading_slash("x/model"), None);
        assert_eq!(leading_slash(" \n"), None);
        assert_eq!(leading_slash(""), None);
    }

    #[test]
    fn a_part_is_found_again_in_the_message() {
        let message = "\n/a\u{200B}b\u{A0}c\u{FF20}d\r\ne";
        let line = Line::starting_at(message, 1);
        assert_eq!(line.clean(), "/ab c@d");
        assert_eq!(&message[line.span_of(&line.clean()[1..3])], "a\u{200B}b");
        assert_eq!(&message[line.span_of(&line.clean()[2..3])], "b");
        assert_eq!(&message[line.span_of(&line.clean()[4..7])], "c\u{FF20}d");
        assert_eq!(line.span_of(&line.clean()[7..]), 14..14);
        assert_eq!(line.message_from(&line.clean()[6..]), "d\r\ne");
        assert_eq!(line.following(), Some("e"));
    }

    #[test]
    fn blank_lines_are_not_following() {
        assert_eq!(Line::starting_at("/a", 0).following(), None);
        assert_eq!(Line::starting_at("/a\n \n\u{200B}", 0).following(), None);
        assert_eq!(Line::starting_at("/a\n\n b ", 0).following(), Some("\n b "));
        assert_eq!(Line::starting_at("/a\u{2028}b", 0).following(), Some("b"));
    }
}
