//! The line of a message with a mark under one part of it.

use std::ops::Range;

use crate::directive::line::{is_break, is_invisible};

/// How many characters of a person's words a message repeats.
const REPEATED: usize = 40;

/// Two lines for a fixed-width font: the line of `text` that `span` is in, and `^^^` under that part.
///
/// Long lines are cut with `…` on both sides. Any span will do: it is brought inside of the text.
pub fn caret(text: &str, span: &Range<usize>) -> String {
    let start = text.floor_char_boundary(span.start);
    let end = text.floor_char_boundary(span.end).max(start);
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

/// The characters of `text` as they can stand on one line.
pub(crate) fn shown(text: &str) -> Vec<char> {
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
pub(crate) fn shortened(text: &[char]) -> String {
    match text.get(..REPEATED) {
        Some(kept) if kept.len() < text.len() => kept.iter().copied().chain(['…']).collect(),
        Some(_) | None => text.iter().collect(),
    }
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
