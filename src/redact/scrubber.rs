//! The secrets that are known, and taking them out of texts.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwapOption, Guard};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::redact::index::{CUT, Index, find_without_index};

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// Whoever sees so many characters of a secret in a row has seen a part of it; fewer may be a word they have in common.
pub(crate) const PIECE: usize = 12;

/// How many secrets are known at the most. A program that runs for years gets a new access token every hour; the ones it
/// was told of longest ago are then forgotten.
const MOST: usize = 4_096;

/// Shorter ones are not taken out: they would be found within words and numbers.
const SHORTEST: usize = 8;

/// What is made of words alone counts as a secret from here on. Below are the values that servers on one's own machine
/// are given because a key has to be there (`ollama-local`, `lm-studio`, `sk-no-key-required`); taken out, they would
/// take names of providers and models along.
const SHORTEST_OF_WORDS: usize = 20;

/// An index that knows all secrets.
const FRESH: u8 = 0;

/// So many texts are looked through without an index after new secrets have come: a command that prints a line or two of a
/// store of a thousand profiles is over before one would be made.
const WITHOUT_INDEX: u8 = 4;

/// Longer ones are not.
const SHORT: usize = 16 * 1024;

/// Knows the exact values of secrets, and takes them out of texts in every form that they are written in.
///
/// It is told of a secret as often as it comes along, which costs a hash. What finds them is made when it is first worth
/// it. Where nothing is known, cleaning a text costs nothing.
#[derive(Default)]
pub struct Scrubber {
    known: Mutex<Known>,
    index: ArcSwapOption<Index>,
    /// [`FRESH`], or one more than how many texts may still be looked through before the index is made.
    stale: AtomicU8,
}

#[derive(Default)]
struct Known {
    /// By digest: the secret, and when it was last told of.
    secrets: HashMap<[u8; 32], (SecretString, u64)>,
    /// How often anything was told.
    told: u64,
}

/// How many it knows, and none of them.
impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scrubber of {} secrets", self.known.lock().unwrap_or_else(PoisonError::into_inner).secrets.len())
    }
}

impl Scrubber {
    /// Takes `secrets` out of everything from now on. Those too short to be told from ordinary words are passed over.
    pub fn learn<'a>(&self, secrets: impl IntoIterator<Item = &'a SecretString>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Known { secrets: held, told } = &mut *known;
        *told += 1;
        let before = held.len();
        for secret in secrets {
            let value = secret.expose_secret().trim();
            if is_recognisable(value) {
                let digest = Sha256::digest(value.as_bytes()).into();
                held.entry(digest).or_insert_with(|| (SecretString::from(value), *told)).1 = *told;
            }
        }
        if held.len() == before {
            return;
        }
        while held.len() > MOST {
            let oldest = held.iter().min_by_key(|(_, (_, told))| *told).map(|(digest, _)| *digest);
            oldest.map(|digest| held.remove(&digest));
        }
        self.stale.store(1 + WITHOUT_INDEX, Ordering::Release);
    }

    /// The index of all that is known, made now if it is not there yet; `None` where nothing is known.
    fn index(&self) -> Guard<Option<Arc<Index>>> {
        if self.stale.load(Ordering::Acquire) != FRESH {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if self.stale.load(Ordering::Acquire) != FRESH {
                match Index::of(known.secrets.values().map(|(secret, _)| secret.expose_secret())) {
                    Ok(index) => self.index.store(Some(Arc::new(index))),
                    // Two thousand million states: nobody has so many secrets.
                    Err(fault) => tracing::error!(%fault, "new secrets cannot be recognised"),
                }
                self.stale.store(FRESH, Ordering::Release);
            }
        }
        self.index.load()
    }

    /// Where whole secrets stand in `text`, which was not cut.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let left = self.stale.load(Ordering::Acquire);
        if left > 1 && text.len() <= SHORT {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            self.stale.fetch_min(left - 1, Ordering::AcqRel);
            return find_without_index(known.secrets.values().map(|(secret, _)| secret.expose_secret()), text);
        }
        self.index().as_ref().map(|index| index.find(text)).unwrap_or_default()
    }

    /// `text` with [`REDACTED`] wherever a known secret stands, or a part of one where the text was cut (`…`).
    pub fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(CUT) {
            return without(text, self.find(text));
        }
        match &*self.index() {
            Some(index) => without(text, index.find_with_cuts(text)),
            None => Cow::Borrowed(text),
        }
    }

    /// The same with whole secrets only. What this makes of a text does not depend on the pieces it arrives in.
    pub(crate) fn scrub_whole<'t>(&self, text: &'t str) -> Cow<'t, str> {
        without(text, self.find(text))
    }

    /// [`Scrubber::scrub_whole`] for a text that may end in the middle of a secret: such an ending goes too.
    pub(crate) fn scrub_cut<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let (whole, rest) = text.split_at(self.ending(text));
        if rest.chars().count() < PIECE {
            return self.scrub_whole(text);
        }
        let mut clean = self.scrub_whole(whole).into_owned();
        clean.push_str(REDACTED);
        Cow::Owned(clean)
    }

    /// Takes known secrets out of every text in `value`, names of fields too.
    pub fn scrub_json(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(clean) = self.scrub(text) {
                    *text = clean;
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.scrub_json(value)),
            Value::Object(fields) => {
                if fields.keys().any(|name| self.contains_secret(name)) {
                    let named = std::mem::take(fields).into_iter();
                    *fields = named.map(|(name, value)| (self.scrub(&name).into_owned(), value)).collect();
                }
                fields.values_mut().for_each(|value| self.scrub_json(value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Whether a known secret stands in `text`, in whatever form.
    pub fn contains_secret(&self, text: &str) -> bool {
        !self.find(text).is_empty()
    }

    /// Up to where `text` may be shown while more of it may follow: what is behind may be the beginning of a secret.
    pub(crate) fn ending(&self, text: &str) -> usize {
        let index = self.index();
        let Some(index) = index.as_ref() else { return text.len() };
        let ending = index.ending(text);
        // A secret that is there in full may overlap with one that is about to be.
        let across = index.find(text).into_iter().find(|place| place.start < ending && ending < place.end);
        across.map_or(ending, |place| place.start)
    }
}

/// `text` with [`REDACTED`] in the place of what was found in it.
fn without(text: &str, found: Vec<Range<usize>>) -> Cow<'_, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut from = 0;
    for place in found {
        clean.push_str(&text[from..place.start]);
        clean.push_str(REDACTED);
        from = place.end;
    }
    clean.push_str(&text[from..]);
    Cow::Owned(clean)
}

/// Whether `value` is long and odd enough to be told from what people write.
fn is_recognisable(value: &str) -> bool {
    let letters = |one: fn(&u8) -> bool| value.bytes().all(|byte| one(&byte) || b"-_. ".contains(&byte));
    let words = letters(u8::is_ascii_lowercase) || letters(u8::is_ascii_uppercase);
    value.len() >= if words { SHORTEST_OF_WORDS } else { SHORTEST }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::borrow::Cow;
    use std::sync::Arc;

    use secrecy::SecretString;
    use serde_json::json;

    use super::{MOST, Scrubber};

    fn scrubber(secrets: &[&str]) -> Scrubber {
        let scrubber = Scrubber::default();
        scrubber.learn(&secrets.iter().map(|secret| SecretString::from(*secret)).collect::<Vec<_>>());
        scrubber
    }

    #[test]
    fn what_is_known_is_taken_out_and_nothing_else_is_touched() {
        let scrubber = scrubber(&["sk-test-0123456789", "\"two\"/words-9"]);
        assert_eq!(scrubber.scrub("a sk-test-0123456789 b \"two\"/words-9 c"), "a [redacted] b [redacted] c");
        assert!(matches!(scrubber.scrub("sk-test-012345678 and sk-test-"), Cow::Borrowed(_)));
        assert!(matches!(Scrubber::default().scrub("sk-test-0123456789"), Cow::Borrowed(_)));
        assert!(scrubber.contains_secret("x=sk-test-0123456789") && !scrubber.contains_secret("x=sk-test-"));
    }

    #[test]
    fn what_is_left_of_a_secret_that_was_cut_to_be_shown_goes_too() {
        let scrubber = scrubber(&["sk-test-0123456789"]);
        assert_eq!(scrubber.scrub("/model sk-test-012345… now"), "/model [redacted]… now");
        assert_eq!(scrubber.scrub("…st-0123456789 now"), "…[redacted] now");
    }

    #[test]
    fn words_that_people_write_are_no_secrets() {
        let short = ["x", "1234567", "ollama-local", "lm-studio", "sk-no-key-required", "NOT_NEEDED", "   pass1   "];
        let scrubber = scrubber(&short);
        assert_eq!(scrubber.scrub(&short.join(" ")), short.join(" "));
        for secret in ["12345678", "Pass-word", "correct-horse-battery-staple"] {
            assert!(self::scrubber(&[secret]).contains_secret(secret), "{secret}");
        }
    }

    #[test]
    fn white_space_around_a_secret_is_none_of_it() {
        assert_eq!(scrubber(&[" sk-test-0123456789\n"]).scrub("(sk-test-0123456789)"), "([redacted])");
    }

    #[test]
    fn the_same_again_makes_nothing_anew() {
        let scrubber = scrubber(&["sk-test-0123456789"]);
        let index = || scrubber.index().as_ref().unwrap().clone();
        let before = index();
        scrubber.learn([&SecretString::from("sk-test-0123456789"), &SecretString::from("short")]);
        assert!(Arc::ptr_eq(&before, &index()));
        scrubber.learn([&SecretString::from("sk-test-another-1")]);
        assert!(!Arc::ptr_eq(&before, &index()));
    }

    #[test]
    fn what_was_told_of_longest_ago_is_forgotten_first() {
        let scrubber = scrubber(&["sk-test-first", "sk-test-first-too-1"]);
        let secret = |number: usize| SecretString::from(format!("sk-test-number-{number}"));
        scrubber.learn(&(0..MOST - 2).map(secret).collect::<Vec<_>>());
        scrubber.learn([&SecretString::from("sk-test-first-too-1"), &secret(MOST)]);
        assert!(!scrubber.contains_secret("sk-test-first"));
        for kept in ["sk-test-first-too-1", "sk-test-number-0", &format!("sk-test-number-{MOST}")] {
            assert!(scrubber.contains_secret(kept), "{kept}");
        }
    }

    #[test]
    fn json_stays_json() {
        // Taken out of the text, it would leave a lone backslash behind.
        let scrubber = scrubber(&["n0123456789"]);
        let mut value = json!({"a": ["\n0123456789 n0123456789", 1, null], "n0123456789": {"b": "n0123456789"}});
        scrubber.scrub_json(&mut value);
        assert_eq!(value, json!({"a": ["\n0123456789 [redacted]", 1, null], "[redacted]": {"b": "[redacted]"}}));
    }

    #[test]
    fn of_a_text_that_was_cut_off_the_beginning_of_a_secret_goes() {
        let scrubber = scrubber(&["sk-test-0123456789"]);
        assert_eq!(scrubber.scrub_cut("a sk-test-0123456789 b sk-test-01234"), "a [redacted] b [redacted]");
        assert_eq!(scrubber.scrub_cut("a sk-test-012"), "a sk-test-012", "as much as keys have in common");
        assert_eq!(scrubber.scrub_cut("a sk-test-0123456789"), "a [redacted]");
    }

    #[test]
    fn it_does_not_show_what_it_knows() {
        assert_eq!(format!("{:?}", scrubber(&["sk-test-0123456789"])), "Scrubber of 1 secrets");
    }
}
