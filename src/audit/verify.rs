//! Whether the chain is whole.

use std::fmt;

use serde::Serialize;

use crate::audit::{Head, Link};

/// Something that is wrong with the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "flaw")]
pub enum Flaw {
    /// Rows are not there that were.
    Missing {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// A row is not as it was written, or not what was written after the row before.
    Changed {
        /// Its number.
        number: u64,
    },
    /// The row that was noted elsewhere has another digest.
    OtherHead {
        /// Its number.
        number: u64,
    },
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { from, to } if from == to => write!(f, "row {from} is missing"),
            Self::Missing { from, to } => write!(f, "rows {from} to {to} are missing"),
            Self::Changed { number } => write!(f, "row {number} was changed after it was written"),
            Self::OtherHead { number } => write!(f, "row {number} is not the one that was noted"),
        }
    }
}

/// What came of looking at all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// How many rows there are.
    pub rows: u64,
    /// The end of the chain, to be noted elsewhere; `None` where nothing was ever written.
    pub head: Option<Head>,
    /// What is wrong, in the order of the rows.
    pub flaws: Vec<Flaw>,
}

/// Looks at the rows one after the other.
///
/// A row whose text was edited does not fit its digest; one whose digest was edited too does not fit the row after it, or the
/// end that the state keeps beside the rows; and where that was edited as well, the end that somebody noted elsewhere.
#[derive(Debug, Default)]
pub struct Verifier {
    rows: u64,
    last: Option<Head>,
    noted: Option<Head>,
    is_noted_seen: bool,
    flaws: Vec<Flaw>,
}

impl Verifier {
    /// One that also compares with the row that was `noted` elsewhere.
    pub fn new(noted: Option<Head>) -> Self {
        Self { noted, ..Self::default() }
    }

    /// Looks at the next row.
    pub fn take(&mut self, link: &Link) {
        self.rows += 1;
        let expected = self.last.as_ref().map_or(0, |last| last.number) + 1;
        if link.number > expected {
            self.flaws.push(Flaw::Missing { from: expected, to: link.number - 1 });
        } else if !link.follows(self.last.as_ref().map_or("", |last| &last.hash)) {
            // Behind a gap nothing can be said of a row by itself.
            self.flaws.push(Flaw::Changed { number: link.number });
        }
        if let Some(noted) = self.noted.as_ref().filter(|noted| noted.number == link.number) {
            self.is_noted_seen = true;
            if noted.hash != link.hash {
                self.flaws.push(Flaw::OtherHead { number: link.number });
            }
        }
        self.last = Some(link.head());
    }

    /// What came of it, where the state says that the chain ends at `kept`.
    pub fn end(mut self, kept: Option<Head>) -> Verdict {
        let last = self.last.as_ref().map_or(0, |last| last.number);
        let wanted = self.noted.as_ref().filter(|_| !self.is_noted_seen).map_or(0, |noted| noted.number);
        let end = kept.as_ref().map_or(0, |kept| kept.number).max(wanted);
        if end > last {
            self.flaws.push(Flaw::Missing { from: last + 1, to: end });
        } else if let (Some(kept), Some(last)) = (&kept, &self.last)
            && kept != last
        {
            self.flaws.push(Flaw::Changed { number: last.number });
        } else if let (None, Some(last)) = (&kept, &self.last) {
            self.flaws.push(Flaw::Changed { number: last.number });
        }
        Verdict { rows: self.rows, head: kept.or(self.last), flaws: self.flaws }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{Flaw, Verdict, Verifier};
    use crate::audit::{Head, Link};

    fn chain(length: usize) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        for at in 0..length {
            let last = links.last().map(Link::head);
            links.push(Link::after(last.as_ref(), format!("{{\"row\":{at}}}")));
        }
        links
    }

    fn verify(links: &[Link], kept: Option<Head>, noted: Option<Head>) -> Verdict {
        let mut verifier = Verifier::new(noted);
        for link in links {
            verifier.take(link);
        }
        verifier.end(kept)
    }

    #[test]
    fn a_whole_chain_has_no_flaw() {
        let links = chain(7);
        let head = links.last().map(Link::head);
        let verdict = verify(&links, head.clone(), Some(links[3].head()));
        assert_eq!(verdict, Verdict { rows: 7, head, flaws: Vec::new() });
        assert_eq!(verify(&[], None, None).flaws, []);
    }

    #[test]
    fn whoever_writes_everything_anew_is_found_by_what_was_noted() {
        let noted = chain(5).last().map(Link::head);
        let mut forged: Vec<Link> = Vec::new();
        for at in 0..5 {
            let last = forged.last().map(Link::head);
            forged.push(Link::after(last.as_ref(), format!("{{\"other\":{at}}}")));
        }
        let kept = forged.last().map(Link::head);
        assert_eq!(verify(&forged, kept.clone(), None).flaws, []);
        assert_eq!(verify(&forged, kept, noted.clone()).flaws, [Flaw::OtherHead { number: 5 }]);
        assert_eq!(verify(&[], None, noted).flaws, [Flaw::Missing { from: 1, to: 5 }]);
    }

    proptest! {
        #[test]
        fn whatever_is_taken_out_is_missed(length in 1_usize..20, seed in any::<usize>(), more in 0_usize..4) {
            let mut links = chain(length);
            let head = links.last().map(Link::head);
            let from = seed % length;
            let to = (from + more).min(length - 1);
            links.drain(from..=to);
            let flaws = verify(&links, head, None).flaws;
            prop_assert_eq!(flaws, [Flaw::Missing { from: from as u64 + 1, to: to as u64 + 1 }]);
        }

        #[test]
        fn whatever_is_changed_is_found(length in 1_usize..20, seed in any::<usize>(), which in 0_u8..3) {
            let mut links = chain(length);
            let head = links.last().map(Link::head);
            let at = seed % length;
            let before = at.checked_sub(1).map(|before| links[before].head());
            match which {
                0 => links[at].body.push(' '),
                1 => links[at].hash = "0".repeat(64),
                // A row put in its place that follows from the one before.
                _ => links[at] = Link::after(before.as_ref(), "{}".to_owned()),
            }
            let verdict = verify(&links, head, None);
            prop_assert!(!verdict.flaws.is_empty());
            let near = |flaw: &Flaw| matches!(flaw, Flaw::Changed { number } if (at as u64 + 1..=at as u64 + 2).contains(number));
            prop_assert!(verdict.flaws.iter().all(near), "{:?}", verdict.flaws);
        }

        #[test]
        fn two_that_change_places_are_found(length in 2_usize..20, seed in any::<usize>()) {
            let mut links = chain(length);
            let head = links.last().map(Link::head);
            let at = seed % (length - 1);
            let (one, other) = (links[at].body.clone(), links[at + 1].body.clone());
            links[at].body = other;
            links[at + 1].body = one;
            prop_assert!(!verify(&links, head, None).flaws.is_empty());
        }
    }
}
