//! Telling what was drawn by chance from what somebody wrote.

/// As much as is looked at.
const ENOUGH: usize = 64;

/// So many letters and digits in a row are a sign, unless they are a word.
const SIGN: usize = 8;

/// So many of them are different at least.
const DIFFERENT: usize = 5;

/// There are hardly any words of this length.
const NO_WORD: usize = 16;

/// What stands in the place of a key in examples; compared without regard to case.
const PLACEHOLDERS: [&[u8]; 7] = [b"your", b"xxxx", b"example", b"placeholder", b"redacted", b"replace", b"insert"];

/// Whether `body`, the random part of what looks like a key, is random: `xxxxxxxx`, `your-key-here` and
/// `customer-support-bot-2` are not.
pub(super) fn is_random(body: &[u8]) -> bool {
    let start = &body[..body.len().min(ENOUGH)];
    let holds = |word: &&[u8]| start.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    !PLACEHOLDERS.iter().any(holds) && start.split(|byte| !byte.is_ascii_alphanumeric()).any(is_telling)
}

fn is_telling(part: &[u8]) -> bool {
    let is_long = part.len() >= NO_WORD || (part.len() >= SIGN && !is_word(part));
    let first_of_its_kind = |at: &usize| !part[..*at].contains(&part[*at]);
    is_long && (0..part.len()).filter(first_of_its_kind).count() >= DIFFERENT
}

/// `word`, `WORD` or `Word`.
fn is_word(part: &[u8]) -> bool {
    let rest = part.get(1..).unwrap_or_default();
    part.iter().all(u8::is_ascii_alphabetic)
        && (rest.iter().all(u8::is_ascii_lowercase) || part.iter().all(u8::is_ascii_uppercase))
}

#[cfg(test)]
mod tests {
    use super::is_random;

    #[test]
    fn what_was_drawn_is_told_from_what_was_written() {
        for drawn in ["q7Zk2mV9xT4b", "8f3c1a90be4d7265", "Zk_q7-mV9xT4bW1", "0123456789-abcdef", "QWKZPXNVBTRMLGHJ"] {
            assert!(is_random(drawn.as_bytes()), "{drawn}");
        }
        for written in [
            "",
            "xxxxxxxxxxxxxxxx",
            "0000000000000000",
            "abababababababab",
            "api03-0000000000000000",
            "your-key-goes-here-1234567890",
            "IOSFODNN7EXAMPLE",
            "customer-support-bot-v2",
            "Support-CUSTOMER-2026",
        ] {
            assert!(!is_random(written.as_bytes()), "{written}");
        }
    }
}
