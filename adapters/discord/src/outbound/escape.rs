//! Text that is seen as it is.

use std::borrow::Cow;

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Text(&'a str),
    /// An address that Discord makes a link of by itself.
    Address(&'a str),
}

/// Takes a text apart into addresses and what is between them.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut from = 0;
    let mut search = 0;
    while let Some(at) = text.get(search..).and_then(|rest| rest.find("://")).map(|at| search + at) {
        search = at + "://".len();
        let before = text.get(from..at).unwrap_or_default();
        let Some(scheme) = ["https", "http"].into_iter().find(|scheme| before.ends_with(scheme)) else { continue };
        let Some(length) = address_length(text.get(search..).unwrap_or_default()) else { continue };
        let start = at - scheme.len();
        if start > from {
            tokens.extend(text.get(from..start).map(Token::Text));
        }
        search += length;
        tokens.extend(text.get(start..search).map(Token::Address));
        from = search;
    }
    tokens.extend(text.get(from..).filter(|rest| !rest.is_empty()).map(Token::Text));
    tokens
}

/// How much of what comes after `://` is still the address: what ends a sentence or a parenthesis is not.
fn address_length(rest: &str) -> Option<usize> {
    let end = rest.find(|c: char| c.is_whitespace() || c.is_control() || "<>`\\".contains(c)).unwrap_or(rest.len());
    let mut address = rest.get(..end)?;
    loop {
        let shorter = address.trim_end_matches(|c: char| ".,:;!?\"'*_~|]}".contains(c));
        let unopened = shorter.ends_with(')') && shorter.matches(')').count() > shorter.matches('(').count();
        let shorter = if unopened { shorter.strip_suffix(')').unwrap_or(shorter) } else { shorter };
        if shorter == address {
            break;
        }
        address = shorter;
    }
    address.starts_with(|c: char| c.is_alphanumeric() || c == '[').then_some(address.len())
}

/// Writes `text`, which has no line feed, so that Discord shows just that. `begins` says that nothing but space is before
/// it on its line.
///
/// In front of every sign that may mean something where it stands there is a `\`. Nobody can be called by a message of ours,
/// but it need not look as if all were.
pub(crate) fn escape(text: &str, begins: bool) -> Cow<'_, str> {
    let mut written = String::with_capacity(text.len() + 16);
    let mut begins = begins;
    let mut in_number = false;
    for (at, c) in text.char_indices() {
        let next = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
        let means_something = match c {
            '\\' | '*' | '_' | '~' | '|' | '`' | '<' | '[' => true,
            // `@everyone`, `@here`.
            '@' => next.is_none_or(|next| next == 'e' || next == 'h'),
            ':' => opens(text.get(at + 1..).unwrap_or_default()),
            '#' | '>' => begins && !in_number,
            '-' | '+' => begins && !in_number && next.is_none_or(|next| next == '#' || next.is_whitespace()),
            '.' | ')' => in_number,
            _ => false,
        };
        if means_something {
            written.push('\\');
        }
        written.push(c);
        in_number = c.is_ascii_digit() && (in_number || begins);
        begins = begins && (c.is_whitespace() || in_number);
    }
    if written.len() == text.len() { Cow::Borrowed(text) } else { Cow::Owned(written) }
}

/// Whether a `:` means something with what follows it: `:name:` is an emoji, and `steam://` an address.
pub(crate) fn opens(rest: &str) -> bool {
    rest.starts_with("//") || rest.trim_start_matches(is_of_name).starts_with(':') && !rest.starts_with(':')
}

/// Whether the name of an emoji may have it.
pub(crate) fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-')
}

/// Code within a line, in as many back-ticks as it takes; `None` where Discord cannot show it as such.
///
/// Three back-ticks would begin a block, so there may be one or two. One space beside a back-tick is not shown.
pub(crate) fn code(text: &str) -> Option<String> {
    let runs: Vec<usize> = text.split(|c| c != '`').map(str::len).filter(|length| *length > 0).collect();
    let ticks = ["`", "``"].into_iter().find(|ticks| !runs.contains(&ticks.len()))?;
    // Some clients read a block wherever there are three.
    if runs.iter().any(|length| *length > 2) || text.trim().is_empty() {
        return None;
    }
    let before = if text.trim_start_matches(' ').starts_with('`') { " " } else { "" };
    let after = if text.trim_end_matches(' ').ends_with('`') { " " } else { "" };
    Some(format!("{ticks}{before}{text}{after}{ticks}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Token, code, escape, tokens};

    #[rstest]
    #[case::words("some words, (or) two!", "some words, (or) two!")]
    #[case::marks("*a* _b_ ~c~ |d| `e` \\f", "\\*a\\* \\_b\\_ \\~c\\~ \\|d\\| \\`e\\` \\\\f")]
    #[case::mentions("<@1> <#2> @everyone @you", "\\<@1> \\<#2> \\@everyone @you")]
    #[case::link("[a](b)", "\\[a](b)")]
    #[case::heading("# a # b", "\\# a # b")]
    #[case::small("-# a", "\\-# a")]
    #[case::bullet("  - a - b", "  \\- a - b")]
    #[case::no_bullet("-5 +x", "-5 +x")]
    #[case::number("12. a 3. b", "12\\. a 3. b")]
    #[case::quote(">>> a > b", "\\>>> a > b")]
    #[case::emoji(":smile: a: b a/b:c 12:30 :: steam://x", "\\:smile: a: b a/b:c 12:30 :: steam\\://x")]
    fn what_means_something_is_escaped(#[case] text: &str, #[case] written: &str) {
        assert_eq!(escape(text, true), written);
    }

    #[test]
    fn in_the_middle_of_a_line_less_means_something() {
        assert_eq!(escape("# - 1. > a", false), "# - 1. > a");
    }

    #[rstest]
    #[case("see https://x.test/a_b.", &[Token::Text("see "), Token::Address("https://x.test/a_b"), Token::Text(".")])]
    #[case("(http://x.test/(a))", &[Token::Text("("), Token::Address("http://x.test/(a)"), Token::Text(")")])]
    #[case("HTTPS://X ftp://x ://", &[Token::Text("HTTPS://X ftp://x ://")])]
    #[case("https://*", &[Token::Text("https://*")])]
    #[case("https://a`b`", &[Token::Address("https://a"), Token::Text("`b`")])]
    fn addresses_are_found(#[case] text: &str, #[case] found: &[Token<'_>]) {
        assert_eq!(tokens(text), found);
    }

    #[rstest]
    #[case("a/b", Some("`a/b`"))]
    #[case("a`b", Some("``a`b``"))]
    #[case("`a", Some("`` `a``"))]
    #[case("a``b", Some("`a``b`"))]
    #[case("a`b``c", None)]
    #[case("```", None)]
    #[case(" ", None)]
    fn code_has_the_back_ticks_that_it_takes(#[case] text: &str, #[case] written: Option<&str>) {
        assert_eq!(code(text).as_deref(), written);
    }
}
