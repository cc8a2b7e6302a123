//! What is printed on buttons and entries.

use std::collections::{BTreeMap, BTreeSet};

use unicode_segmentation::UnicodeSegmentation;

use crate::outbound::clean::{clean, is_blank};
use crate::outbound::limits::units;

const ELLIPSIS: &str = "…";

/// The labels as they are printed, each on one line of at most `longest` UTF-16 code units, and no two of them alike.
///
/// A long one is cut in the middle, for names differ at their ends. Where such ones would look alike, the part is shown
/// where they differ; those that are alike from the beginning are numbered.
pub(crate) fn legible<'a>(labels: impl Iterator<Item = &'a str>, longest: usize) -> Vec<String> {
    let full: Vec<String> = labels.map(one_line).collect();
    let mut printed: Vec<String> = full.iter().map(|label| shortened(label, longest)).collect();
    let everything: Vec<usize> = (0..full.len()).collect();
    tell_apart(&everything, &full, &mut printed, longest);
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for label in &mut printed {
        if taken.contains(label) {
            *label = numbered(label, &taken, longest);
        }
        taken.insert(label.clone());
    }
    printed
}

/// The label without line feeds; never blank.
pub(crate) fn one_line(label: &str) -> String {
    let line = clean(label).split_whitespace().collect::<Vec<_>>().join(" ");
    if is_blank(&line) { ELLIPSIS.to_owned() } else { line }
}

/// The beginning and the end.
pub(crate) fn shortened(label: &str, longest: usize) -> String {
    if units(label) <= longest {
        return label.to_owned();
    }
    let half = (longest - 1) / 2;
    head(label, half).to_owned() + ELLIPSIS + tail(label, longest - 1 - half)
}

/// Prints anew those of `group` that look alike and are not, from where they begin to differ.
fn tell_apart(group: &[usize], full: &[String], printed: &mut [String], longest: usize) {
    let mut alike: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for &index in group {
        if let Some(label) = printed.get(index) {
            alike.entry(label).or_default().push(index);
        }
    }
    let groups: Vec<Vec<usize>> = alike.into_values().collect();
    for group in groups {
        let labels: BTreeSet<&str> = group.iter().filter_map(|index| full.get(*index)).map(String::as_str).collect();
        let (Some(first), Some(last)) = (labels.first(), labels.last()) else { continue };
        if first == last {
            continue;
        }
        // In order, so what the first and the last share is shared by all between them.
        let shared: usize =
            first.graphemes(true).zip(last.graphemes(true)).take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum();
        for &index in &group {
            if let (Some(label), Some(place)) = (full.get(index), printed.get_mut(index)) {
                *place = around(label, shared, longest);
            }
        }
        tell_apart(&group, full, printed, longest);
    }
}

/// The beginning, what stands from `at`, and the end.
fn around(label: &str, at: usize, longest: usize) -> String {
    let rest = label.get(at..).unwrap_or_default();
    let start = head(label, 12);
    if units(rest) <= longest - 14 {
        return format!("{start}{ELLIPSIS}{rest}");
    }
    format!("{start}{ELLIPSIS}{}{ELLIPSIS}{}", head(rest, longest - 28), tail(rest, 14))
}

/// The label with the first number that makes it one of its own.
fn numbered(label: &str, taken: &BTreeSet<String>, longest: usize) -> String {
    let with = |number: usize| {
        let suffix = format!(" ({number})");
        let room = longest - units(&suffix);
        let kept = if units(label) <= room { label } else { head(label, room) };
        format!("{}{suffix}", kept.trim_end())
    };
    let numbers = 2..taken.len() + 3;
    numbers.map(with).find(|label| !taken.contains(label)).unwrap_or_else(|| label.to_owned())
}

/// As much from the beginning as has `most` units.
fn head(text: &str, most: usize) -> &str {
    let mut left = most;
    let fits = |character: &&str| left.checked_sub(units(character)).map(|rest| left = rest).is_some();
    let length = text.graphemes(true).take_while(fits).map(str::len).sum();
    text.get(..length).unwrap_or_default()
}

/// As much from the end as has `most` units.
fn tail(text: &str, most: usize) -> &str {
    let mut left = most;
    let fits = |character: &&str| left.checked_sub(units(character)).map(|rest| left = rest).is_some();
    let length: usize = text.graphemes(true).rev().take_while(fits).map(str::len).sum();
    text.get(text.len() - length..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::vec;
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::{legible, units};

    /// Long at either end and in the middle, and often the same.
    const LABEL: &str = "(x{0,70}|[a-c]{0,3}|😀{0,40})[a-b\u{301}é]{0,60}x{0,40}";

    fn printed(labels: &[&str]) -> Vec<String> {
        legible(labels.iter().copied(), 64)
    }

    #[test]
    fn what_fits_is_printed_as_it_is() {
        assert_eq!(printed(&["opus ✓", "a/b@work", " two\nlines "]), ["opus ✓", "a/b@work", "two lines"]);
    }

    #[test]
    fn a_long_name_keeps_both_ends() {
        let label = format!("openrouter/{}/model-a ✓", "x".repeat(90));
        assert_eq!(printed(&[&label]), [format!("openrouter/{}…{}/model-a ✓", "x".repeat(20), "x".repeat(22))]);
    }

    #[test]
    fn names_that_differ_in_the_middle_show_their_middle() {
        let label = |middle: &str| format!("{}{middle}{}", "a".repeat(100), "z".repeat(100));
        let all = [label("red"), label("green"), label("greyer")];
        let printed = printed(&all.iter().map(String::as_str).collect::<Vec<_>>());
        for (printed, middle) in printed.iter().zip(["red", "en", "yer"]) {
            assert!(printed.contains(middle), "{printed}");
        }
    }

    #[test]
    fn what_is_alike_is_numbered() {
        assert_eq!(
            printed(&["opus", "opus", " opus", "opus (2)", ""]),
            ["opus", "opus (2)", "opus (3)", "opus (2) (2)", "…"]
        );
        assert_eq!(printed(&["", "\u{200b}"]), ["…", "… (2)"]);
        let long = "é".repeat(70);
        assert!(printed(&[&long, &long]).iter().all(|label| units(label) <= 64));
    }

    proptest! {
        #[test]
        fn labels_are_short_visible_and_never_alike(labels in vec(LABEL, 0..20)) {
            let printed = legible(labels.iter().map(String::as_str), 64);
            prop_assert_eq!(printed.len(), labels.len());
            prop_assert_eq!(printed.iter().collect::<BTreeSet<_>>().len(), labels.len());
            for label in printed {
                prop_assert!((1..=64).contains(&units(&label)), "{label:?}");
            }
        }
    }
}
