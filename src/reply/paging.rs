//! Lists that are longer than a message may be.

use std::ops::Range;

use crate::directive::Directive;
use crate::menu::MenuEntry;

/// Entries on one page at the most.
const PER_PAGE: usize = 20;
/// What the entries of one page may take up, in UTF-16 units, by which platforms count: a message has room for 4,096, and
/// there is more in it than its list.
const ROOM: usize = 3_000;
/// How much of one entry is printed, in characters. Its button, and what that does, have the whole of it.
const LONGEST: usize = 600;

/// A list in pages.
pub(super) struct Pages(Vec<Range<usize>>);

impl Pages {
    /// The pages of a list whose entries take up so much, in UTF-16 units. There is always a first page.
    pub(super) fn of(lengths: impl Iterator<Item = usize>) -> Self {
        let (mut pages, mut begin, mut used, mut end) = (Vec::new(), 0, 0, 0);
        for length in lengths {
            if end > begin && (end - begin == PER_PAGE || used + length > ROOM) {
                pages.push(begin..end);
                (begin, used) = (end, 0);
            }
            used += length;
            end += 1;
        }
        pages.push(begin..end);
        Self(pages)
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// The places on that page, from 1.
    pub(super) fn get(&self, page: u32) -> Option<Range<usize>> {
        let index = usize::try_from(page).ok()?.checked_sub(1)?;
        self.0.get(index).cloned()
    }

    /// The page on which that place is.
    pub(super) fn page_of(&self, place: usize) -> u32 {
        let index = self.0.iter().position(|page| page.contains(&place)).unwrap_or_default();
        u32::try_from(index + 1).unwrap_or(u32::MAX)
    }

    /// The buttons that lead to the pages before and after; `to` is what shows a page.
    pub(super) fn turning(&self, page: u32, to: impl Fn(u32) -> Directive) -> Option<Vec<MenuEntry>> {
        let mut row = Vec::new();
        if page > 1 {
            row.push(MenuEntry::button("◀ Page before", to(page - 1)));
        }
        if page < self.count() {
            row.push(MenuEntry::button("Next page ▶", to(page + 1)));
        }
        (!row.is_empty()).then_some(row)
    }
}

/// The length of a text in UTF-16 units.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The text as far as it is printed.
pub(super) fn printed(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, PER_PAGE, Pages, ROOM, length, printed};

    #[test]
    fn every_entry_is_on_one_page_and_no_page_is_too_long() {
        for lengths in [vec![], vec![1; 20], vec![1; 41], vec![900; 7], vec![ROOM, 1, ROOM, ROOM + 1, 5]] {
            let pages = Pages::of(lengths.iter().copied());
            let mut next = 0;
            for page in 1..=pages.count() {
                let places = pages.get(page).unwrap_or_default();
                assert_eq!(places.start, next);
                assert!(places.len() <= PER_PAGE && (!places.is_empty() || lengths.is_empty()), "{lengths:?}");
                let used: usize = lengths[places.clone()].iter().sum();
                assert!(used <= ROOM || places.len() == 1, "{lengths:?}");
                assert!(places.clone().all(|place| pages.page_of(place) == page));
                next = places.end;
            }
            assert_eq!(next, lengths.len());
            assert!(pages.get(0).is_none() && pages.get(pages.count() + 1).is_none());
        }
    }

    #[test]
    fn lengths_are_those_of_platforms_and_what_is_printed_is_bounded() {
        assert_eq!((length("aé"), length("🙂")), (2, 2));
        assert_eq!(printed("short"), "short");
        assert_eq!(printed(&"é".repeat(LONGEST + 1)).chars().count(), LONGEST + 1);
    }
}
