//! Characters that are not seen.

/// `text` without characters that control something.
///
/// A tab becomes spaces, for code stays readable; what turns the direction of a line is left out, for with it a text can
/// look like another one. Each character is judged alone, so a text that grows stays the same from its start.
pub(crate) fn clean(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => kept.push(c),
            '\t' => kept.push_str("    "),
            '\r' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            '\u{0}'..='\u{1f}' | '\u{7f}' => kept.push(' '),
            other => kept.push(other),
        }
    }
    kept
}

/// Whether nothing is to be seen in `text`: Discord refuses such a message.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(is_unseen)
}

fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '\u{30a}'
                | '\u{333}'
                | '\u{33f}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'
                | '\u{2800}'
                | '\u{feff}'
                | '\u{fffc}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::{clean, is_blank};

    #[test]
    fn what_controls_something_is_left_out() {
        assert_eq!(clean("a\r\nb\tc\u{0}d\u{202e}e\u{2028}f"), "a\nb    c defg".replace('g', ""));
        assert_eq!(clean("日本 👩‍👩‍👧 é"), "日本 👩‍👩‍👧 é");
    }

    #[test]
    fn a_text_of_unseen_characters_is_blank() {
        for blank in ["", " \n\t", "\u{200b}\u{200d}", "\u{2800}\u{3000}", "\u{a0}", "\u{feff}", "\u{0}\u{1b}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for seen in ["a", " . ", "…", "😀", "\u{200b}x"] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }
}
