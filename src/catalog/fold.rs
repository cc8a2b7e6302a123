//! Letter case, taken away in one way everywhere.

use std::cmp::Ordering;

/// `text` in lower case, character by character (unlike `str::to_lowercase`, which looks at what stands around a sigma).
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().flat_map(char::to_lowercase).collect() }
}

/// Compares `folded`, which is folded already, with `text` folded, without allocating.
pub(crate) fn compare(folded: &str, text: &str) -> Ordering {
    folded.chars().cmp(text.chars().flat_map(char::to_lowercase))
}
