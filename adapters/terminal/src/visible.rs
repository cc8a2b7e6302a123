//! Text from outside, made harmless for a terminal.

use std::fmt::Write as _;

/// `text` with every character that could drive a terminal made visible.
///
/// What a model, a provider or a chat member wrote may hold escape sequences that move the cursor, set the window's
/// title or answer for the person at the keyboard. Control characters become their pictures (`␛`), other invisible
/// ones that reorder text become `<U+202E>`; new lines and tabs stay, carriage returns go. Each character is judged
/// alone, so a text that arrives in pieces comes out the same as in one.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(c),
            '\r' => {}
            '\u{7f}' => shown.push('␡'),
            '\u{0}'..='\u{1f}' => shown.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('␀')),
            '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                // Writing into a `String` cannot fail.
                let _ = write!(shown, "<U+{:04X}>", u32::from(c));
            }
            other => shown.push(other),
        }
    }
    shown
}

/// [`visible`], on one line.
pub(crate) fn visible_line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

#[cfg(test)]
mod tests {
    use super::{visible, visible_line};

    #[test]
    fn a_text_from_outside_cannot_drive_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb"), "a␛[2Jb");
        assert_eq!(visible("\u{1b}]0;title\u{7}"), "␛]0;title␇");
        assert_eq!(visible("\u{9b}31m"), "<U+009B>31m");
        assert_eq!(visible("safe\u{202e}txt.exe"), "safe<U+202E>txt.exe");
        assert_eq!(visible("over\rwritten\u{8}\u{7f}\u{0}"), "overwritten␈␡␀");
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        let text = "tabs\tlines\n日本語 — 👩‍👩‍👧 é";
        assert_eq!(visible(text), text);
        assert_eq!(visible_line("two\nlines"), "two lines");
    }

    #[test]
    fn pieces_come_out_as_the_whole_does() {
        let text = "x\u{1b}[1m\r\n\u{9b}é\u{202e}";
        let pieces: String = text.chars().map(|c| visible(&c.to_string())).collect();
        assert_eq!(pieces, visible(text));
    }
}
