//! The readings of a message in which a secret may stand.

use std::borrow::Cow;

use crate::directive::{is_break, is_invisible};
use crate::keyshape::table;

/// A message in one of its readings.
pub(super) type Reading<'a> = Cow<'a, str>;

/// Nobody's lines are broken at fewer columns; shorter ones ended where their writer ended them.
const NARROWEST: usize = 16;

/// The message in plain characters; and where it has several lines, also with the broken ones put together.
pub(super) fn readings(text: &str) -> Vec<Reading<'_>> {
    let plain = plain(text);
    let whole = plain.contains('\n').then(|| Cow::Owned(unwrapped(&plain)));
    [Some(plain), whole].into_iter().flatten().collect()
}

fn plain(text: &str) -> Reading<'_> {
    if text.chars().all(|c| plain_char(c) == Some(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(plain_char).collect())
}

/// What stands for `c`: nothing for what is not seen, the narrow form of what is full-width, one kind of dash, blank
/// and line end.
fn plain_char(c: char) -> Option<char> {
    match c {
        '\r' | '\n' => Some(c),
        '\u{AD}' | '\u{34F}' | '\u{180E}' | '\u{FE00}'..='\u{FE0F}' => None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => Some('-'),
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0),
        _ if is_invisible(c) => None,
        _ if is_break(c) => Some('\n'),
        _ if c.is_whitespace() => Some(' '),
        _ => Some(c),
    }
}

/// The text with its lines put together again where a terminal or a mail program may have broken them.
fn unwrapped(plain: &str) -> String {
    let mut whole = String::with_capacity(plain.len());
    let mut width = 0;
    for line in plain.lines() {
        // Marks of a quotation before it, the shell's mark that it goes on behind it.
        let line = line.trim_start_matches([' ', '>']).trim_end_matches([' ', '\\']);
        if width < NARROWEST || table::begins(line) {
            whole.push('\n');
        }
        whole.push_str(line);
        width = line.chars().count();
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::{plain, unwrapped};

    #[test]
    fn what_keyboards_and_copying_add_is_taken_off() {
        assert_eq!(plain("ｓｋ－ａｎｔ－\u{200B}a\u{AD}p\u{2011}i\u{A0}ｘ\u{2028}y"), "sk-ant-ap-i x\ny");
        assert_eq!(plain("日本語 – ok"), "日本語 - ok");
    }

    #[test]
    fn lines_are_put_together_where_they_may_have_been_broken() {
        assert_eq!(unwrapped("0123456789abcdef\n  01234 \\\nend"), "\n0123456789abcdef01234\nend");
        assert_eq!(unwrapped("> 0123456789abcdef\r\n> 0123"), "\n0123456789abcdef0123");
        assert_eq!(unwrapped("short\nlines"), "\nshort\nlines");
        assert_eq!(unwrapped("0123456789abcdef\nsk-ant-api03-x"), "\n0123456789abcdef\nsk-ant-api03-x");
    }
}
