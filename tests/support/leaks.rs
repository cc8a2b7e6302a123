//! Looking for planted secrets in what a program wrote.

use std::fmt::Write as _;

use aho_corasick::AhoCorasick;

/// So many characters of a secret in a row are a leak: a key shown by its start or its end is one too.
const FRAGMENT: usize = 12;

/// Secrets that were planted, in the forms in which they could get out, all of which are looked for in one go: what is
/// searched may have a hundred megabytes.
pub(crate) struct Leaks {
    /// Those that are looked for as they are.
    exact: Needles,
    /// Those that may be in any letter case.
    blind: Needles,
}

/// Forms, and what finds them.
struct Needles {
    needles: Vec<Needle>,
    finder: AhoCorasick,
}

/// One form of one secret.
struct Needle {
    secret: usize,
    form: &'static str,
    text: String,
}

impl Leaks {
    /// Knows `secrets`, each at least 16 bytes long: shorter ones would be found everywhere.
    pub(crate) fn of<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Self {
        let mut needles = Vec::new();
        for (number, secret) in secrets.into_iter().enumerate() {
            let secret = secret.as_ref();
            assert!(secret.len() >= 16, "a planted secret of {} bytes is found by chance", secret.len());
            let mut add = |form, text: String| needles.push(Needle { secret: number, form, text });
            add("as it is", secret.to_owned());
            for escaped in json(secret) {
                add("JSON-escaped", escaped);
            }
            add("URL-encoded", url(secret, false));
            add("URL-encoded", url(secret, true));
            add("in hexadecimal", secret.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")));
            for shift in 0..3 {
                let encoded = base64(secret.as_bytes(), shift);
                add("in base64", encoded.replace('+', "-").replace('/', "_"));
                add("in base64", encoded);
            }
            let starts: Vec<usize> = secret.char_indices().map(|(at, _)| at).chain([secret.len()]).collect();
            for window in starts.windows(FRAGMENT + 1) {
                add("in part", secret[window[0]..window[FRAGMENT]].to_owned());
            }
        }
        let is_blind = |needle: &Needle| matches!(needle.form, "in hexadecimal" | "URL-encoded");
        let (blind, exact) = needles.into_iter().partition(is_blind);
        Self { exact: Needles::new(exact, false), blind: Needles::new(blind, true) }
    }

    /// The first leak in `text`: which secret, counted from 0, and in which form. The secret itself is not named.
    pub(crate) fn first_in(&self, text: impl AsRef<[u8]>) -> Option<String> {
        let text = text.as_ref();
        let Needle { secret, form, .. } = self.exact.first_in(text).or_else(|| self.blind.first_in(text))?;
        Some(format!("secret {secret} {form}"))
    }

    /// Stops the test where `text`, which came from `place`, holds a secret.
    #[track_caller]
    pub(crate) fn assert_none_in(&self, place: &str, text: impl AsRef<[u8]>) {
        if let Some(found) = self.first_in(text) {
            panic!("{place} holds {found}");
        }
    }
}

impl Needles {
    fn new(needles: Vec<Needle>, any_case: bool) -> Self {
        let texts = needles.iter().map(|needle| &needle.text);
        let finder = AhoCorasick::builder().ascii_case_insensitive(any_case).build(texts).unwrap();
        Self { needles, finder }
    }

    /// Of all that are there, the one that was named first: the whole of a secret, rather than a part of it.
    fn first_in(&self, text: &[u8]) -> Option<&Needle> {
        let found = self.finder.find_overlapping_iter(text).map(|found| found.pattern().as_usize());
        found.min().map(|first| &self.needles[first])
    }
}

/// As JSON may write it: what has to be escaped, slashes too, all beyond ASCII too, and everything.
fn json(text: &str) -> [String; 4] {
    let unicode = |text: &str, all: bool| {
        text.encode_utf16().fold(String::new(), |mut escaped, unit| {
            match u8::try_from(unit) {
                Ok(byte) if byte.is_ascii() && !all => escaped.push(char::from(byte)),
                Ok(_) | Err(_) => write!(escaped, "\\u{unit:04x}").expect("a string takes everything"),
            }
            escaped
        })
    };
    let quoted = serde_json::to_string(text).expect("text is JSON");
    let needed = quoted[1..quoted.len() - 1].to_owned();
    let slashes = needed.replace('/', "\\/");
    [unicode(&needed, false), unicode(text, true), needed, slashes]
}

/// As a URL carries it; with `all`, every byte encoded.
fn url(text: &str, all: bool) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if !all && (byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes everything");
        }
        encoded
    })
}

/// The characters of base64 that depend on `bytes` alone when they stand `shift` bytes after a multiple of three.
fn base64(bytes: &[u8], shift: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<bool> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    let skipped = (6 - shift * 8 % 6) % 6;
    bits[skipped..]
        .chunks_exact(6)
        .map(|six| char::from(ALPHABET[six.iter().fold(0, |index, bit| index * 2 + usize::from(*bit))]))
        .collect()
}

#[test]
fn every_form_of_a_secret_is_found() {
    let secret = "sk-test-\"plant\"/ed+0123456789~ä";
    let leaks = Leaks::of(["sk-test-another-secret-00", secret]);
    for (text, form) in [
        (format!("key={secret};"), "as it is"),
        (serde_json::to_string(secret).unwrap(), "JSON-escaped"),
        (r#""sk-test-\"plant\"\/ed+0123456789~ä""#.to_owned(), "JSON-escaped"),
        (r#""sk-test-\"plant\"/ed+0123456789~\u00e4""#.to_owned(), "JSON-escaped"),
        ("x=sk-test-%22plant%22%2fed%2b0123456789~%c3%a4".to_owned(), "URL-encoded"),
        ("73 736B2D746573742D22706C616E74222F65642B303132333435363738397EC3A4".to_owned(), "in hexadecimal"),
        // What `base64` prints of "x:", the secret and "!", of ":" and the secret, and of the secret.
        ("eDpzay10ZXN0LSJwbGFudCIvZWQrMDEyMzQ1Njc4OX7DpCE=".to_owned(), "in base64"),
        ("OnNrLXRlc3QtInBsYW50Ii9lZCswMTIzNDU2Nzg5fsOk".to_owned(), "in base64"),
        ("c2stdGVzdC0icGxhbnQiL2VkKzAxMjM0NTY3ODl-w6Q=".to_owned(), "in base64"),
        ("…ed+0123456789~".to_owned(), "in part"),
    ] {
        assert_eq!(leaks.first_in(&text), Some(format!("secret 1 {form}")), "{text}");
    }
}

#[test]
fn what_is_no_secret_is_not_found() {
    let leaks = Leaks::of(["sk-test-planted-0123456789"]);
    leaks.assert_none_in("a log", "sk-test-other 0123456789 planted fingerprint 9f86d081884c");
    leaks.assert_none_in("bytes", [0xff, 0xfe, 0x00]);
}
