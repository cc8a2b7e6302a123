//! Finding every form of every known secret in one pass.

use std::collections::HashSet;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};
use secrecy::zeroize::Zeroizing;

use crate::redact::PIECE;
use crate::redact::forms::{forms, unescaped_forms};
use crate::redact::room::Room;

/// What stands where a text was cut to be shown.
pub(crate) const CUT: char = '…';

/// So many bytes of a form's beginning are looked for; the rest is compared where they are found.
///
/// The automaton is then as large as the number of secrets, not as their length (an access token may have thousands of
/// bytes, in a dozen forms), and it holds no secret in full: it cannot be wiped from memory, the forms beside it are.
const START: usize = 16;

/// How many bytes of a form's beginning have to stand in a text before the whole of it is looked for there.
const WINDOW: usize = 8;

/// The forms of some secrets, and the automaton that finds where one of them may begin.
pub(crate) struct Index {
    /// Sorted, so that those with the same beginning stand together.
    forms: Vec<Zeroizing<String>>,
    starts: AhoCorasick,
    /// For each pattern of `starts`: the forms that begin so.
    begun: Vec<Range<usize>>,
    longest: usize,
    /// Which bytes occur in a form at all: an ending that may grow into one is made of nothing else.
    occurs: [bool; 256],
}

impl Index {
    /// The index of `secrets`.
    ///
    /// # Errors
    /// There are more of them than an automaton has room for.
    pub(crate) fn of<'a>(secrets: impl Iterator<Item = &'a str>) -> Result<Self, BuildError> {
        let mut forms: Vec<Zeroizing<String>> = secrets.flat_map(forms).collect();
        forms.sort_by(|one, other| one.as_bytes().cmp(other.as_bytes()));
        forms.dedup_by(|one, other| one.as_str() == other.as_str());
        let mut begun: Vec<Range<usize>> = Vec::new();
        for (number, form) in forms.iter().enumerate() {
            match begun.last_mut() {
                Some(group) if start(&forms[group.start]) == start(form) => group.end = number + 1,
                Some(_) | None => begun.push(number..number + 1),
            }
        }
        let starts = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(begun.iter().map(|group| start(&forms[group.start])))?;
        let longest = forms.iter().map(|form| form.len()).max().unwrap_or(0);
        let mut occurs = [false; 256];
        for byte in forms.iter().flat_map(|form| form.bytes()) {
            occurs[usize::from(byte)] = true;
        }
        Ok(Self { forms, starts, begun, longest, occurs })
    }

    /// Where the forms stand in `text`, from left to right; what overlaps is one.
    pub(crate) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let possible = self.starts.try_find_overlapping_iter(text).into_iter().flatten();
        for start in possible {
            let rest = &text.as_bytes()[start.start()..];
            let forms = &self.forms[self.begun[start.pattern().as_usize()].clone()];
            let lengths = forms.iter().filter(|form| rest.starts_with(form.as_bytes())).map(|form| form.len());
            found.extend(lengths.max().map(|length| start.start()..start.start() + length));
        }
        merged(found)
    }

    /// The same, with the parts of forms that end or begin where `text` says that it was cut.
    pub(crate) fn find_with_cuts(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = self.find(text);
        for (at, mark) in text.match_indices(CUT) {
            let behind = at + mark.len();
            let before = self.ending(&text[..at])..at;
            let after = behind..behind + self.rest(&text[behind..]);
            found.extend([before, after].into_iter().filter(|part| text[part.clone()].chars().count() >= PIECE));
        }
        merged(found)
    }

    /// Where the ending of `text` begins that may be the beginning of a form; the length of `text` if there is none.
    pub(crate) fn ending(&self, text: &str) -> usize {
        let bytes = text.as_bytes();
        let possible =
            bytes.iter().rev().take(self.longest).take_while(|byte| self.occurs[usize::from(**byte)]).count();
        let starts = bytes.len() - possible..bytes.len();
        starts.into_iter().find(|at| self.begins(&bytes[*at..])).unwrap_or(bytes.len())
    }

    /// How much of `text`, from its beginning, is the end of a form.
    fn rest(&self, text: &str) -> usize {
        let possible = text.bytes().take(self.longest).take_while(|byte| self.occurs[usize::from(*byte)]).count();
        let is_end = |end: &usize| self.forms.iter().any(|form| form.as_bytes().ends_with(&text.as_bytes()[..*end]));
        (PIECE..=possible).rev().find(is_end).unwrap_or(0)
    }

    /// Whether a form is longer than `part` and begins with it.
    fn begins(&self, part: &[u8]) -> bool {
        let after = self.forms.partition_point(|form| form.as_bytes() <= part);
        self.forms.get(after).is_some_and(|form| form.as_bytes().starts_with(part))
    }
}

/// What [`Index::find`] would find, without an index: for a text or two, making one of many secrets costs more than looking
/// for each of their forms.
pub(crate) fn find_without_index<'a>(secrets: impl Iterator<Item = &'a str>, text: &str) -> Vec<Range<usize>> {
    let windows: HashSet<[u8; WINDOW]> =
        text.as_bytes().windows(WINDOW).filter_map(|bytes| bytes.try_into().ok()).collect();
    let may_stand = |form: &str| match form.as_bytes().first_chunk::<WINDOW>() {
        Some(beginning) => windows.contains(beginning),
        None => true,
    };
    let (plain, room) = (is_without_escapes(text), Room::of(text));
    let forms_of = |secret: &'a str| {
        // Where nothing is escaped, only base64 changes a secret, and it costs a tenth of all forms. A blank may be a `+`.
        if !plain || secret.contains(' ') {
            forms(secret)
        } else if room.has_for_base64(secret) {
            unescaped_forms(secret)
        } else {
            vec![Zeroizing::new(secret.to_owned())]
        }
    };
    let mut found = Vec::new();
    let possible = secrets.filter(|secret| room.has_for(secret));
    for form in possible.flat_map(forms_of).filter(|form| may_stand(form)) {
        found.extend(text.match_indices(form.as_str()).map(|(at, form)| at..at + form.len()));
    }
    merged(found)
}

/// Whether there is no escape in `text`, and no run of digits as long as the shortest secret in hexadecimal.
fn is_without_escapes(text: &str) -> bool {
    let mut run = 0;
    text.bytes().all(|byte| {
        run = if byte.is_ascii_hexdigit() { run + 1 } else { 0 };
        byte != b'%' && byte != b'\\' && run < 2 * WINDOW
    })
}

/// `found` from left to right; what overlaps is one.
fn merged(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.sort_by_key(|place| place.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for place in found {
        match merged.last_mut() {
            Some(last) if place.start < last.end => last.end = last.end.max(place.end),
            Some(_) | None => merged.push(place),
        }
    }
    merged
}

/// What is looked for of a form.
fn start(form: &str) -> &[u8] {
    &form.as_bytes()[..form.len().min(START)]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use proptest::prelude::*;

    use super::{Index, find_without_index};

    fn index(secrets: &[&str]) -> Index {
        Index::of(secrets.iter().copied()).unwrap()
    }

    fn found<'t>(index: &Index, text: &'t str) -> Vec<&'t str> {
        index.find(text).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn secrets_with_a_common_beginning_are_told_apart() {
        let index = index(&["sk-ant-api03-same-beginning-1", "sk-ant-api03-same-beginning-2-longer"]);
        let text =
            "a sk-ant-api03-same-beginning-1, a sk-ant-api03-same-beginning-2-longer, sk-ant-api03-same-beginning-3";
        assert_eq!(found(&index, text), ["sk-ant-api03-same-beginning-1", "sk-ant-api03-same-beginning-2-longer"]);
    }

    #[test]
    fn of_two_that_begin_at_one_place_the_longer_is_found() {
        let index = index(&["test-0123456789", "test-0123456789-and-more"]);
        assert_eq!(found(&index, "(test-0123456789-and-more)"), ["test-0123456789-and-more"]);
    }

    #[test]
    fn what_overlaps_is_one_place() {
        let index = index(&["test-0123456789", "6789-abcdef-test"]);
        assert_eq!(found(&index, "(test-0123456789-abcdef-test)"), ["test-0123456789-abcdef-test"]);
    }

    #[test]
    fn parts_are_found_where_a_text_was_cut() {
        let index = index(&["test-0123456789-abcdefghij"]);
        let parts = |text: &'static str| -> Vec<&str> {
            index.find_with_cuts(text).into_iter().map(|place| &text[place]).collect()
        };
        assert_eq!(parts("/model test-0123456789…"), ["test-0123456789"]);
        assert_eq!(parts("…789-abcdefghij please"), ["789-abcdefghij"]);
        assert_eq!(parts("a test-0123456789-abcdefghij…"), ["test-0123456789-abcdefghij"]);
        assert_eq!(parts("test-012… …abcdefghij, test-0123456789 … ü…"), [""; 0]);
    }

    #[test]
    fn an_ending_is_the_longest_that_may_grow_into_a_form() {
        let index = index(&["test-0123456789", "test-01"]);
        for (text, ending) in [
            ("a test-0123", "test-0123"),
            ("a test-01", "test-01"),
            ("a t", "t"),
            ("tes-test", "test"),
            ("a test-0123456789", ""),
            ("a test-0124", ""),
            ("", ""),
            ("ü", ""),
        ] {
            assert_eq!(&text[index.ending(text)..], ending, "{text}");
        }
    }

    proptest! {
        #[test]
        fn without_an_index_the_same_is_found(
            secrets in prop::collection::vec("[a-c/\"]{8,12}", 1..6),
            between in prop::collection::vec("[a-c/\" ü]{0,9}", 7),
        ) {
            let forms: Vec<_> = secrets.iter().flat_map(|secret| crate::redact::forms(secret)).collect();
            let text: String = between
                .iter()
                .enumerate()
                .flat_map(|(at, between)| [between.as_str(), forms[at * 7 % forms.len()].as_str()])
                .collect();
            let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
            prop_assert_eq!(find_without_index(secrets.iter().copied(), &text), index(&secrets).find(&text));
        }

        #[test]
        fn and_the_same_where_one_form_stands_alone(
            secret in "[a-cA-Z0-9/_ -]{8,24}",
            pick in any::<prop::sample::Index>(),
            before in "[ -~]{0,12}",
            after in "[a-z .:]{0,12}",
        ) {
            let forms = crate::redact::forms(&secret);
            let text = format!("{before}{}{after}", forms[pick.index(forms.len())].as_str());
            prop_assert_eq!(find_without_index([secret.as_str()].into_iter(), &text), index(&[&secret]).find(&text));
        }
    }
}
