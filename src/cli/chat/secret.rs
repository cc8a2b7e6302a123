//! Lines that must not be remembered.

/// How the keys of the well-known vendors begin.
const PREFIXES: [&str; 12] =
    ["sk-", "sk_", "pk-", "rk-", "gsk_", "xai-", "aiza", "ghp_", "gho_", "github_pat_", "hf_", "eyj"];

/// From this length on, a word of letters and digits alone is taken for a key: no model id, name or address is so.
const LONG: usize = 32;

/// Whether a typed line holds what looks like a key or a token. A false alarm costs a line of history, no more.
pub(crate) fn looks_secret(line: &str) -> bool {
    line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '=' | ',' | ';' | '(' | ')'))
        .any(|word| has_prefix(word) || is_random(word))
        || line.to_ascii_lowercase().contains("bearer ")
}

fn has_prefix(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    PREFIXES.iter().any(|prefix| word.strip_prefix(prefix).is_some_and(|rest| rest.len() >= 8))
}

fn is_random(word: &str) -> bool {
    let key_like = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'.');
    word.len() >= LONG
        && word.bytes().all(key_like)
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::looks_secret;

    #[test]
    fn keys_are_recognised() {
        for line in [
            "my key is sk-test-0123456789",
            "ANTHROPIC_API_KEY=sk-ant-oat01-test-0000000000",
            "\"gsk_testtesttest\"",
            "Authorization: Bearer abc",
            "use 0123456789abcdef0123456789abcdef please",
            "eyJhbGciOiJub25lIn0.e30.",
        ] {
            assert!(looks_secret(line), "{line}");
        }
    }

    #[test]
    fn commands_and_talk_are_remembered() {
        for line in [
            "/model opus@work",
            "/model \"openai/gpt-5.4\"@\"openai:me+x@example.com\" for 2h",
            "/model anthropic/claude-sonnet-4-5-20250929@anthropic:claude-cli",
            "what does sk- mean?",
            "a-very-long-hyphenated-word-without-any-number-in-it",
            "ask me anything, whatever the weather",
        ] {
            assert!(!looks_secret(line), "{line}");
        }
    }
}
