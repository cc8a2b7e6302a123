//! Cutting a text into what one message takes.

use std::ops::Range;

use unicode_segmentation::GraphemeCursor;

use crate::outbound::clean::is_blank;
use crate::outbound::limits::units;
use crate::outbound::rich::Rich;
use crate::outbound::style::Style;
use crate::outbound::write::markdown;

/// The parts of a text that make one message each, without the white space between them.
pub(crate) fn parts(rich: &Rich, limit: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    loop {
        let cut = cut(rich, from, limit);
        parts.extend(shown(rich, from..cut.unwrap_or(rich.text().len())));
        match cut {
            Some(next) => from = next,
            None => return parts,
        }
    }
}

/// What a message shows of a part, if it shows anything.
pub(crate) fn shown(rich: &Rich, part: Range<usize>) -> Option<Range<usize>> {
    let part = rich.trimmed(part);
    let blank = rich.text().get(part.clone()).is_none_or(is_blank);
    (!blank).then_some(part)
}

/// Where the message ends that begins at `from`; `None` where it takes all that is left.
///
/// The best place in the second half of what fits: between blocks, between lines (between lines of code only if there
/// is no other), between words; failing that, between words in the first half, then between characters as people see
/// them. A link and a name in code are left whole if they can be.
pub(crate) fn cut(rich: &Rich, from: usize, limit: usize) -> Option<usize> {
    let text = rich.text();
    let from = rich.trimmed(from..text.len()).start;
    let fits = |end: usize| units(&markdown(rich, rich.trimmed(from..end))) <= limit;
    let end = extent(text, from, limit, fits);
    let rest = text.get(end..).unwrap_or_default();
    if rest.trim_end().is_empty() {
        return None;
    }
    // White space at the end is not sent, so the place after it is as good.
    let end = end + rest.chars().next().filter(|c| c.is_whitespace()).map_or(0, char::len_utf8);
    let half = text.ceil_char_boundary(from + (end - from) / 2);
    let window = text.get(half..end).unwrap_or_default();
    let breaks = || window.rmatch_indices('\n').map(|(at, _)| half + at + 1);
    let both = |at: usize, is: fn(&Style) -> bool| [at, at - 1].iter().all(|at| rich.style_at(*at).is_some_and(is));
    let in_code = |at: &usize| both(*at, Style::is_pre);
    let ends_block = |at: &usize| text.get(..at - 1).is_some_and(|before| before.ends_with('\n'));
    let words = |begin: usize, end: usize| {
        let part = text.get(begin..end).unwrap_or_default();
        part.char_indices()
            .rev()
            .filter(|(_, c)| c.is_whitespace())
            .map(move |(at, c)| begin + at + c.len_utf8())
            .find(|at| !both(*at, Style::is_whole))
    };
    breaks()
        .filter(|at| ends_block(at) && !in_code(at))
        .chain(breaks().filter(|at| !in_code(at)))
        .chain(breaks())
        .find(|at| fits(*at))
        .or_else(|| words(half, end).filter(|at| fits(*at)))
        .or_else(|| words(from, half).filter(|at| fits(*at)))
        .or_else(|| between_characters(text, from, end).filter(|at| fits(*at)))
        .or(Some(end))
}

/// How far the message goes at the most that begins at `from`. One character is always taken.
fn extent(text: &str, from: usize, limit: usize, fits: impl Fn(usize) -> bool) -> usize {
    // What is written is never shorter than what is seen of it.
    let mut left = limit;
    let ends = text.get(from..).unwrap_or_default().char_indices().map_while(|(at, c)| {
        left = left.checked_sub(c.len_utf16())?;
        Some(from + at + c.len_utf8())
    });
    let ends: Vec<usize> = ends.collect();
    match ends.last() {
        Some(last) if *last == text.len() && fits(*last) => return *last,
        Some(_) => {}
        None => return text.len(),
    }
    let (mut low, mut high) = (0, ends.len());
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if ends.get(middle).is_some_and(|end| fits(*end)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    ends.get(low).copied().unwrap_or(text.len())
}

/// The last place up to `end` that is inside no character as people see it; `None` if there is none after `from`.
fn between_characters(text: &str, from: usize, end: usize) -> Option<usize> {
    let part = text.get(from..)?;
    let mut cursor = GraphemeCursor::new(end - from, part.len(), true);
    if cursor.is_boundary(part, 0).ok()? {
        return Some(end);
    }
    cursor.prev_boundary(part, 0).ok()?.filter(|at| *at > 0).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use rstest::rstest;

    use super::parts;
    use crate::outbound::rich::Rich;
    use crate::outbound::style::{Face, Style};

    fn plain(text: &str) -> Rich {
        let mut rich = Rich::default();
        rich.push(text, &Style::default(), 0..text.len());
        rich
    }

    fn pieces(rich: &Rich, limit: usize) -> Vec<&str> {
        parts(rich, limit).into_iter().map(|part| rich.text().get(part).unwrap()).collect()
    }

    #[rstest]
    #[case::fits("0123456789", &["0123456789"])]
    #[case::fits_without_what_is_not_sent("0123456789  \n", &["0123456789"])]
    #[case::paragraph("abc d\n\ne\nf gh", &["abc d", "e\nf gh"])]
    #[case::line("abc\ndef gh ijk", &["abc\ndef gh", "ijk"])]
    #[case::word("abcdef ghijkl", &["abcdef", "ghijkl"])]
    #[case::word_that_just_fits("abcdefghij klm", &["abcdefghij", "klm"])]
    #[case::word_in_the_first_half("ab cdefghijkl", &["ab", "cdefghijkl"])]
    #[case::character("abcdefghijklm", &["abcdefghij", "klm"])]
    #[case::surrogates("abcdefghi😀j", &["abcdefghi", "😀j"])]
    #[case::accents("abcdefghie\u{301}\u{302}x", &["abcdefghi", "e\u{301}\u{302}x"])]
    #[case::escapes("******", &["*****", "*"])]
    #[case::blank(" \n\u{200b} ", &[])]
    #[case::nothing("", &[])]
    fn a_text_is_cut_at_the_best_place(#[case] text: &str, #[case] cut: &[&str]) {
        assert_eq!(pieces(&plain(text), 10), cut);
    }

    #[test]
    fn a_character_that_never_ends_is_cut_all_the_same() {
        let text = format!("e{}", "\u{301}".repeat(25));
        let lengths: Vec<usize> = pieces(&plain(&text), 10).iter().map(|piece| piece.chars().count()).collect();
        assert_eq!(lengths, [10, 10, 6]);
    }

    #[test]
    fn code_is_left_whole_if_it_can_be() {
        let pre = Style { face: Face::Pre(None), ..Style::default() };
        let mut rich = plain("abcde\n\n");
        rich.push("1\n\n2\n3", &pre, 7..13);
        assert_eq!(pieces(&rich, 14), ["abcde", "1\n\n2\n3"]);
        rich.push("\n4\n5\n6", &pre, 13..19);
        assert_eq!(pieces(&rich, 18), ["abcde", "1\n\n2\n3\n4\n5", "6"]);
    }

    #[test]
    fn a_link_and_a_name_are_left_whole_if_they_can_be() {
        for (face, limit) in [(Face::Code, 28), (Face::Link("https://xyz.t/".into()), 46)] {
            let mut rich = plain("abc ");
            rich.push("one two", &Style { face, ..Style::default() }, 4..11);
            assert_eq!(pieces(&rich, limit), ["abc one two"]);
            rich.push(" and more words", &Style::default(), 11..26);
            assert_eq!(pieces(&rich, limit).iter().filter(|piece| piece.contains("one two")).count(), 1);
            let mut late = plain("abcd efgh ijk ");
            late.push("one two three", rich.style_at(4).unwrap(), 14..27);
            assert_eq!(pieces(&late, limit), ["abcd efgh ijk", "one two three"]);
        }
    }
}
