//! Making what somebody else wrote fit to be shown: one line, no control characters, no part of a secret.

use crate::redact::{PIECE, REDACTED, forms, known};

/// The longest detail, in characters.
const LINE: usize = 200;

/// `text` as one line of at most 200 characters: without any secret that is known here, and of `secrets`, which were sent
/// to whoever wrote it, without their parts.
pub(crate) fn one_line(text: &str, secrets: &[&str]) -> String {
    // Secrets go first: cutting or joining lines before could leave a part that no longer matches.
    let mut text = known().scrub_cut(text).into_owned();
    for secret in secrets.iter().filter(|secret| secret.len() >= 4) {
        for form in forms(secret) {
            text = text.replace(form.as_str(), REDACTED);
        }
        text = without_pieces(&text, secret);
        text = without_masked(&text, secret);
    }
    let printable: String = text.chars().map(|c| if c.is_control() || is_invisible(c) { ' ' } else { c }).collect();
    let joined = printable.split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.chars().count() <= LINE {
        return joined;
    }
    let mut cut: String = joined.chars().take(LINE - 1).collect();
    cut.push('…');
    cut
}

/// Marks that turn the direction of writing, separate lines, or show as nothing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Takes out every run of [`PIECE`] or more characters that also stands in `secret`: a truncated echo.
fn without_pieces(text: &str, secret: &str) -> String {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    while at + PIECE < starts.len() {
        let mut end = at + PIECE;
        if !secret.contains(&text[starts[at]..starts[end]]) {
            kept.push_str(&text[starts[at]..starts[at + 1]]);
            at += 1;
            continue;
        }
        while end + 1 < starts.len() && secret.contains(&text[starts[at]..starts[end + 1]]) {
            end += 1;
        }
        kept.push_str(REDACTED);
        at = end;
    }
    kept.push_str(&text[starts[at]..]);
    kept
}

/// Takes out words such as `sk-te****3f9a`: some vendors answer a wrong key with its first and last characters.
fn without_masked(text: &str, secret: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_matches(|c: char| c.is_whitespace() || "\"'`,;:()[]{}<>".contains(c));
        let masked = ["**", "…", "...", "••", "xxx", "XXX"].iter().find_map(|mask| bare.split_once(mask));
        let shown = masked.is_some_and(|(head, rest)| {
            let tail = rest.trim_start_matches(['*', '.', '…', '•', 'x', 'X']).trim_end_matches('.');
            (head.len() >= 2 && secret.starts_with(head)) || (tail.len() >= 2 && secret.ends_with(tail))
        });
        if shown {
            kept.push_str(&word.replace(bare.trim_end_matches('.'), REDACTED));
        } else {
            kept.push_str(word);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::one_line;

    const SECRET: &str = "sk-test-AB+/cd\"ef==ghijklmnop3f9a";

    #[rstest]
    #[case::exact("key sk-test-AB+/cd\"ef==ghijklmnop3f9a is bad", "key [redacted] is bad")]
    #[case::in_json(r#"{"key":"sk-test-AB+/cd\"ef==ghijklmnop3f9a"}"#, r#"{"key":"[redacted]"}"#)]
    #[case::in_a_url("?k=sk-test-AB%2B%2Fcd%22ef%3D%3Dghijklmnop3f9a", "?k=[redacted]")]
    #[case::in_base64("Basic c2stdGVzdC1BQisvY2QiZWY9PWdoaWprbG1ub3AzZjlh", "Basic [redacted]")]
    #[case::cut_short("starts with sk-test-AB+/cd and so on", "starts with [redacted] and so on")]
    #[case::masked("Incorrect API key provided: sk-test-**********3f9a.", "Incorrect API key provided: [redacted].")]
    #[case::tail_only("the key ...3f9a was revoked", "the key [redacted] was revoked")]
    #[case::head_only("the key 'sk-test-AB...' was revoked", "the key '[redacted]...' was revoked")]
    #[case::nothing("wait... for xxx, then try again", "wait... for xxx, then try again")]
    fn no_form_of_the_secret_is_left(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(one_line(text, &[SECRET]), expected);
    }

    #[test]
    fn it_is_one_printable_line_of_two_hundred_characters() {
        assert_eq!(one_line("a\r\nb\u{1b}[31m\tc\u{202e}d\0", &[]), "a b [31m c d");
        let long = one_line(&"ü".repeat(500), &[]);
        assert_eq!(long.chars().count(), 200);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn a_secret_at_the_cut_is_gone_before_the_cut() {
        let text = format!("{}{SECRET}", "a".repeat(190));
        let line = one_line(&text, &[SECRET]);
        assert!(!line.contains("sk-"), "{line}");
    }
}
