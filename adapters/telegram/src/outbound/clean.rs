//! What Telegram makes of characters that are not seen.

/// `text` as Telegram would keep it, so that what is counted here is what is counted there.
///
/// Telegram turns control characters into spaces, a tab into a single one, and leaves out what breaks or turns lines
/// (`\r`, U+2028 to U+202E). Tabs are widened here instead: code stays readable. Each character is judged alone, so a
/// text that grows stays the same from its start.
pub(crate) fn clean(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => kept.push(c),
            '\t' => kept.push_str("    "),
            '\r' | '\u{2028}'..='\u{202e}' => {}
            '\u{0}'..='\u{1f}' | '\u{7f}' => kept.push(' '),
            other => kept.push(other),
        }
    }
    kept
}

/// Whether Telegram sees nothing in `text`, and refuses it as a message.
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
    fn what_telegram_leaves_out_is_not_counted() {
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
