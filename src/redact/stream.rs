//! A text that arrives in pieces, a secret perhaps in several of them.

use crate::redact::Scrubber;

/// A text that arrives in pieces, shown as far as it can hold no secret.
///
/// What is shown only grows. An ending that may be the beginning of a known secret is held back until it is one or is
/// none.
pub(crate) struct Stream<'a> {
    scrubber: &'a Scrubber,
    shown: String,
    /// What arrived and is not shown yet.
    held: String,
}

impl<'a> Stream<'a> {
    /// Nothing has arrived yet.
    pub(crate) fn new(scrubber: &'a Scrubber) -> Self {
        Self { scrubber, shown: String::new(), held: String::new() }
    }

    /// Takes the next piece, and says whether there is more to show.
    pub(crate) fn push(&mut self, piece: &str) -> bool {
        self.held.push_str(piece);
        let end = self.scrubber.ending(&self.held);
        if end == 0 {
            return false;
        }
        let rest = self.held.split_off(end);
        self.shown.push_str(&self.scrubber.scrub_whole(&self.held));
        self.held = rest;
        true
    }

    /// What can be shown so far.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The text, no more of which will come.
    pub(crate) fn end(mut self) -> String {
        self.shown.push_str(&self.scrubber.scrub_cut(&self.held));
        self.shown
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, ProptestConfig, Strategy, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
    use proptest::test_runner::RngSeed;
    use secrecy::SecretString;

    use super::Stream;
    use crate::redact::Scrubber;

    const SECRETS: [&str; 4] = ["test-0123456789", "test-0123456789-more", "6789-abc\"def/t", "t-t-t-t-t1"];

    fn scrubber() -> Scrubber {
        let scrubber = Scrubber::default();
        scrubber.learn(&SECRETS.map(SecretString::from));
        scrubber
    }

    #[test]
    fn a_secret_in_pieces_is_never_begun() {
        let scrubber = scrubber();
        let mut stream = Stream::new(&scrubber);
        let mut shown = Vec::new();
        for piece in ["the ", "key is te", "st-01", "234567", "89", "", ", and t", "ea"] {
            stream.push(piece);
            shown.push(stream.shown().to_owned());
        }
        let held = "the key is ";
        let known = "the key is [redacted], and ";
        assert_eq!(shown, ["the ", held, held, held, held, held, known, "the key is [redacted], and tea"]);
        assert_eq!(stream.end(), "the key is [redacted], and tea");
    }

    #[test]
    fn what_was_held_back_for_nothing_comes_at_the_end() {
        let scrubber = scrubber();
        let mut stream = Stream::new(&scrubber);
        stream.push("so it must be test");
        assert_eq!(stream.shown(), "so it must be ");
        assert_eq!(stream.end(), "so it must be test");
        let mut stream = Stream::new(&scrubber);
        stream.push("cut off in test-01234567");
        assert_eq!(stream.end(), "cut off in [redacted]");
    }

    /// Texts in which secrets, parts of them and their forms stand close together.
    fn pieces() -> impl Strategy<Value = Vec<String>> {
        let part = (0..SECRETS.len(), 0_usize..20, 0_usize..24).prop_map(|(secret, from, to)| {
            let secret = SECRETS[secret];
            secret.get(from.min(to)..to.min(secret.len())).unwrap_or(secret).to_owned()
        });
        prop::collection::vec(prop_oneof![part, "[a-t -]{0,3}", Just("ü".to_owned())], 0..12)
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(0x6d6f_6465_6c70_696e),
            ..ProptestConfig::default()
        })]

        #[test]
        fn however_a_text_is_parted_it_comes_out_the_same(pieces in pieces()) {
            let scrubber = scrubber();
            let mut stream = Stream::new(&scrubber);
            let mut before = String::new();
            for piece in &pieces {
                stream.push(piece);
                prop_assert!(stream.shown().starts_with(&before), "what was shown is taken back");
                prop_assert!(!scrubber.contains_secret(stream.shown()));
                stream.shown().clone_into(&mut before);
            }
            let whole = pieces.concat();
            prop_assert_eq!(stream.end(), scrubber.scrub_cut(&whole));
        }
    }
}
