//! How a secret may come back in disguise: as JSON, URLs, `Authorization` headers and error pages write it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use secrecy::zeroize::Zeroizing;
use url::form_urlencoded;

/// The digits of an escape; the letters around it stay as they are.
#[derive(Clone, Copy)]
enum Digits {
    Lower,
    Upper,
}

/// Every form of `secret`, itself among them, longest first. Wiped from memory when dropped.
///
/// Within a longer text in base64 (`user:key`) a secret looks different for each of the three places in a group of three
/// bytes that it may begin at; what depends on the secret alone is a form for each of them.
pub(crate) fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let in_json = json(secret);
    let mut forms = vec![secret.to_owned(), in_json.replace('/', "\\/"), json(&in_json), in_json.clone()];
    let form = form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>();
    forms.extend([lower_escapes(&form), form]);
    for digits in [Digits::Lower, Digits::Upper] {
        forms.push(hexadecimal(secret, "", digits));
        for all in [false, true] {
            forms.push(percent(secret, all, digits));
            forms.push(unicode(if all { secret } else { &in_json }, all, digits));
        }
    }
    forms.extend(in_base64(secret));
    forms.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    forms.dedup();
    forms.into_iter().map(Zeroizing::new).collect()
}

/// Those of [`forms`] in which nothing is escaped.
pub(crate) fn unescaped_forms(secret: &str) -> Vec<Zeroizing<String>> {
    std::iter::once(secret.to_owned()).chain(in_base64(secret)).map(Zeroizing::new).collect()
}

/// In base64, on its own and within a longer text.
pub(crate) fn in_base64(secret: &str) -> Vec<String> {
    let mut forms = Vec::with_capacity(10);
    for whole in [STANDARD.encode(secret), URL_SAFE.encode(secret)] {
        forms.extend([whole.trim_end_matches('=').to_owned(), whole]);
    }
    for before in 0..3 {
        let inside = within_base64(secret, before);
        forms.extend([inside.replace('+', "-").replace('/', "_"), inside]);
    }
    forms
}

/// As it stands within a JSON string.
fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// With what is not ASCII, or with `all` everything, as JSON's `\u` escapes.
fn unicode(text: &str, all: bool, digits: Digits) -> String {
    text.encode_utf16().fold(String::with_capacity(text.len() * 6), |mut escaped, unit| {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() && !all => escaped.push(char::from(byte)),
            Ok(_) | Err(_) => {
                escaped.push_str("\\u");
                // Writing into a string cannot fail.
                let _ = match digits {
                    Digits::Lower => write!(escaped, "{unit:04x}"),
                    Digits::Upper => write!(escaped, "{unit:04X}"),
                };
            }
        }
        escaped
    })
}

/// As it stands in a URL: what is reserved there, or with `all` everything, as `%` escapes.
fn percent(text: &str, all: bool, digits: Digits) -> String {
    if all {
        return hexadecimal(text, "%", digits);
    }
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            escape(&mut encoded, "%", byte, digits);
        }
        encoded
    })
}

fn hexadecimal(text: &str, mark: &str, digits: Digits) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 3), |mut encoded, byte| {
        escape(&mut encoded, mark, byte, digits);
        encoded
    })
}

fn escape(into: &mut String, mark: &str, byte: u8, digits: Digits) {
    let _ = match digits {
        Digits::Lower => write!(into, "{mark}{byte:02x}"),
        Digits::Upper => write!(into, "{mark}{byte:02X}"),
    };
}

/// `encoded` with the digits of its `%` escapes in lower case.
fn lower_escapes(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut lower, part| {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        let _ = write!(lower, "%{}{rest}", digits.to_ascii_lowercase());
        lower
    })
}

/// The characters of base64 that depend on `secret` alone where it stands so many bytes `before` a multiple of three.
fn within_base64(secret: &str, before: usize) -> String {
    let mut bytes = Zeroizing::new(vec![0; before]);
    bytes.extend_from_slice(secret.as_bytes());
    let encoded = Zeroizing::new(STANDARD.encode(&bytes));
    let (first, last) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    encoded.get(first..last).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::forms;

    const SECRET: &str = "sk-test-\"AB\"/+~ü 0123456789==";

    #[rstest]
    #[case::as_it_is("sk-test-\"AB\"/+~ü 0123456789==")]
    #[case::in_json(r#"sk-test-\"AB\"/+~ü 0123456789=="#)]
    #[case::with_slashes_escaped(r#"sk-test-\"AB\"\/+~ü 0123456789=="#)]
    #[case::in_json_in_json(r#"sk-test-\\\"AB\\\"/+~ü 0123456789=="#)]
    #[case::in_ascii_json(r#"sk-test-\"AB\"/+~\u00fc 0123456789=="#)]
    #[case::in_ascii_json_in_capitals(r#"sk-test-\"AB\"/+~\u00FC 0123456789=="#)]
    #[case::in_a_url("sk-test-%22AB%22%2F%2B~%C3%BC%200123456789%3D%3D")]
    #[case::in_a_url_in_lower_case("sk-test-%22AB%22%2f%2b~%c3%bc%200123456789%3d%3d")]
    #[case::in_a_form("sk-test-%22AB%22%2F%2B%7E%C3%BC+0123456789%3D%3D")]
    #[case::in_a_form_in_lower_case("sk-test-%22AB%22%2f%2b%7e%c3%bc+0123456789%3d%3d")]
    #[case::in_hexadecimal("736b2d746573742d224142222f2b7ec3bc20303132333435363738393d3d")]
    // What `base64` prints of it, of ":" and it, and of "x:", it and "!".
    #[case::in_base64("c2stdGVzdC0iQUIiLyt+w7wgMDEyMzQ1Njc4OT09")]
    #[case::in_base64_for_urls("c2stdGVzdC0iQUIiLyt-w7wgMDEyMzQ1Njc4OT09")]
    #[case::after_one_byte("OnNrLXRlc3QtIkFCIi8rfsO8IDAxMjM0NTY3ODk9PQ==")]
    #[case::after_two_bytes("eDpzay10ZXN0LSJBQiIvK37DvCAwMTIzNDU2Nzg5PT0h")]
    fn it_is_found_in(#[case] text: &str) {
        let forms = forms(SECRET);
        assert!(forms.iter().any(|form| text.contains(form.as_str())), "{text}: {forms:?}");
    }

    #[test]
    fn the_letters_of_a_secret_keep_their_case() {
        assert!(forms("sk-TEST/0123456789").iter().any(|form| form.as_str() == "sk-TEST%2f0123456789"));
    }

    #[test]
    fn a_plain_secret_is_one_form_in_text_json_and_urls() {
        let all = forms("sk-test-0123456789");
        assert_eq!(all.iter().filter(|form| form.starts_with("sk-")).count(), 1);
        assert!(all.windows(2).all(|pair| pair[0].len() >= pair[1].len()), "the longest first");
    }
}
