//! Cutting a text into what one message takes.

use std::ops::Range;

use unicode_segmentation::GraphemeCursor;

use crate::outbound::clean::is_blank;
use crate::outbound::limits::Limits;
use crate::outbound::rich::Rich;
use crate::outbound::style::shared;

/// The parts of a text that make one message each, without the white space between them.
pub(crate) fn parts(rich: &Rich, limits: Limits) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    loop {
        let cut = cut(rich, from, limits);
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
/// is no other), between words, between characters as people see them.
pub(crate) fn cut(rich: &Rich, from: usize, limits: Limits) -> Option<usize> {
    let text = rich.text();
    let from = rich.trimmed(from..text.len()).start;
    let end = extent(rich, from, limits);
    let rest = text.get(end..).unwrap_or_default();
    if rest.trim_end().is_empty() {
        return None;
    }
    // White space at the end is not sent, so the place after it is as good.
    let end = end + rest.chars().next().filter(|c| c.is_whitespace()).map_or(0, char::len_utf8);
    let half = text.ceil_char_boundary(from + (end - from) / 2);
    let window = text.get(half..end).unwrap_or_default();
    let breaks = || window.rmatch_indices('\n').map(|(at, _)| half + at + 1);
    let in_code = |at: &usize| {
        let pre = |at| rich.style_at(at).is_some_and(super::style::Style::is_pre);
        pre(*at) && pre(at - 1)
    };
    let ends_block = |at: &usize| text.get(..at - 1).is_some_and(|before| before.ends_with('\n'));
    let word = || window.char_indices().rev().find(|(_, c)| c.is_whitespace()).map(|(at, c)| half + at + c.len_utf8());
    breaks()
        .find(|at| ends_block(at) && !in_code(at))
        .or_else(|| breaks().find(|at| !in_code(at)))
        .or_else(|| breaks().next())
        .or_else(word)
        .or_else(|| between_characters(text, from, end))
        .or(Some(end))
}

/// How far the message goes at the most that begins at `from`.
fn extent(rich: &Rich, from: usize, limits: Limits) -> usize {
    let Limits { units: mut units_left, bytes: mut bytes_left, entities: mut entities_left } = limits;
    let mut open = Vec::new();
    for (run, style) in rich.runs(from..rich.text().len()) {
        let tags = style.tags();
        let fresh = tags.iter().skip(shared(&open, &tags));
        // The closing tag is paid for with the opening one.
        let (count, cost) =
            fresh.fold((0, 0), |(count, cost), tag| (count + 1, cost + tag.open().len() + tag.close().len()));
        let (Some(entities), Some(bytes)) = (entities_left.checked_sub(count), bytes_left.checked_sub(cost)) else {
            return run.start;
        };
        (entities_left, bytes_left) = (entities, bytes);
        for (at, c) in rich.text().get(run.clone()).unwrap_or_default().char_indices() {
            let size = escaped_size(c);
            let (Some(units), Some(bytes)) = (units_left.checked_sub(c.len_utf16()), bytes_left.checked_sub(size))
            else {
                return run.start + at;
            };
            (units_left, bytes_left) = (units, bytes);
        }
        open = tags;
    }
    rich.text().len()
}

fn escaped_size(c: char) -> usize {
    match c {
        '&' => "&amp;".len(),
        '<' | '>' => "&lt;".len(),
        other => other.len_utf8(),
    }
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
    use crate::outbound::limits::Limits;
    use crate::outbound::rich::Rich;
    use crate::outbound::style::{Face, Style};

    const TEN: Limits = Limits { units: 10, bytes: 1000, entities: 100 };

    fn plain(text: &str) -> Rich {
        let mut rich = Rich::default();
        rich.push(text, &Style::default(), 0..text.len());
        rich
    }

    fn pieces(rich: &Rich, limits: Limits) -> Vec<&str> {
        parts(rich, limits).into_iter().map(|part| rich.text().get(part).unwrap()).collect()
    }

    #[rstest]
    #[case::fits("0123456789", &["0123456789"])]
    #[case::fits_without_what_is_not_sent("0123456789  \n", &["0123456789"])]
    #[case::paragraph("abc d\n\ne\nf gh", &["abc d", "e\nf gh"])]
    #[case::line("abc\ndef gh ijk", &["abc\ndef gh", "ijk"])]
    #[case::word("abcdef ghijkl", &["abcdef", "ghijkl"])]
    #[case::word_that_just_fits("abcdefghij klm", &["abcdefghij", "klm"])]
    #[case::character("abcdefghijklm", &["abcdefghij", "klm"])]
    #[case::no_tiny_piece("a\n\nbcdefghijklm", &["a\n\nbcdefgh", "ijklm"])]
    #[case::surrogates("abcdefghi😀j", &["abcdefghi", "😀j"])]
    #[case::accents("abcdefghie\u{301}\u{302}x", &["abcdefghi", "e\u{301}\u{302}x"])]
    #[case::blank(" \n\u{200b} ", &[])]
    #[case::nothing("", &[])]
    fn a_text_is_cut_at_the_best_place(#[case] text: &str, #[case] cut: &[&str]) {
        assert_eq!(pieces(&plain(text), TEN), cut);
    }

    #[test]
    fn a_character_that_never_ends_is_cut_all_the_same() {
        let text = format!("e{}", "\u{301}".repeat(25));
        let lengths: Vec<usize> = pieces(&plain(&text), TEN).iter().map(|piece| piece.chars().count()).collect();
        assert_eq!(lengths, [10, 10, 6]);
    }

    #[test]
    fn code_is_left_whole_if_it_can_be() {
        let mut rich = plain("abcde\n\n");
        rich.push("1\n\n2\n3", &Style { face: Face::Pre(None), ..Style::default() }, 7..13);
        assert_eq!(pieces(&rich, TEN), ["abcde", "1\n\n2\n3"]);
        rich.push("\n4\n5\n6", &Style { face: Face::Pre(None), ..Style::default() }, 13..19);
        assert_eq!(pieces(&rich, TEN), ["abcde", "1\n\n2\n3\n4\n5", "6"]);
    }

    #[test]
    fn bytes_and_entities_count_as_well() {
        let ampersands = plain(&"&".repeat(10));
        assert_eq!(pieces(&ampersands, Limits { bytes: 25, ..TEN }), ["&&&&&", "&&&&&"]);
        let mut rich = Rich::default();
        for _ in 0..3 {
            rich.push("a", &Style { bold: true, ..Style::default() }, 0..1);
            rich.push(" ", &Style::default(), 1..2);
        }
        assert_eq!(pieces(&rich, Limits { entities: 2, ..TEN }), ["a a", "a"]);
    }
}
