//! The smallest productions of the arguments: tokens, keywords, numbers, options and what lies between.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::combinator::{eof, opt, verify};
use nom::multi::many0_count;

use crate::directive::fault::{Expected, Parsed, Trouble, failure};

// token = 1*( any but blank )
pub(crate) fn token(i: &str) -> Parsed<'_, &str> {
    take_while1(|c| c != ' ').parse(i)
}

/// The token `word`, in either case. A longer token that begins with it is no keyword.
pub(crate) fn keyword<'a>(word: &'static str) -> impl Parser<&'a str, Output = &'a str, Error = Trouble<'a>> {
    verify(token, move |token: &str| token.eq_ignore_ascii_case(word))
}

// number = 1*DIGIT                            ; 1 to 4294967295
pub(crate) fn number(i: &str, expected: Expected) -> Parsed<'_, u32> {
    let (rest, digits) = verify(token, |token: &str| token.bytes().all(|byte| byte.is_ascii_digit())).parse(i)?;
    let number = digits.parse().ok().filter(|number| *number > 0);
    number.map(|number| (rest, number)).ok_or_else(|| failure(digits, expected))
}

// gap = *( blank / option )
pub(crate) fn gap(i: &str) -> Parsed<'_, usize> {
    many0_count(alt((tag(" "), option))).parse(i)
}

// option = 1*( "-" / "–" / "—" ) ( "s" / "session" )
fn option(i: &str) -> Parsed<'_, &str> {
    let is_option = |token: &str| token != "-" && token.starts_with(is_dash);
    let (rest, option) = verify(token, is_option).parse(i)?;
    let name = option.trim_start_matches(is_dash).to_ascii_lowercase();
    let key = name.split_once('=').map_or(name.as_str(), |(key, _)| key);
    match key {
        "s" | "session" if key == name => Ok((rest, option)),
        "a" | "agent" | "g" | "global" | "runtime" => Err(failure(option, Expected::OperatorCommand)),
        "all" | "page" | "limit" | "size" => Err(failure(option, Expected::PlainPage)),
        _ => Err(failure(option, Expected::Session)),
    }
}

/// Keyboards turn two hyphens into one long dash.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—')
}

/// A word by which older programs turn pages.
pub(crate) fn paging_word(i: &str) -> Parsed<'_, &str> {
    let (_, word) = token(i)?;
    let lower = word.to_ascii_lowercase();
    if lower == "all" || ["page=", "limit=", "size="].iter().any(|key| lower.starts_with(key)) {
        return Err(failure(word, Expected::PlainPage));
    }
    Ok((i, word))
}

/// The place before a blank or the end of the line; a quoted name must end there.
pub(crate) fn boundary(i: &str) -> Parsed<'_, ()> {
    let (_, glued) = opt(token).parse(i)?;
    glued.map_or(Ok((i, ())), |glued| Err(failure(glued, Expected::Lifetime)))
}

/// The end of the line, or the fault that `expected` stands there instead of some token.
pub(crate) fn end(i: &str, expected: Expected) -> Parsed<'_, ()> {
    let (_, unexpected) = opt(token).parse(i)?;
    match unexpected {
        Some(unexpected) => Err(failure(unexpected, expected)),
        None => eof.map(|_| ()).parse(i),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn rest_of_gap(i: &str) -> &str {
        gap(i).unwrap().0
    }

    #[test]
    fn a_keyword_is_a_whole_token() {
        assert_eq!(keyword("list").parse("LIST 2").unwrap(), (" 2", "LIST"));
        assert!(keyword("list").parse("listing").is_err());
        assert!(keyword("list").parse("list@work").is_err());
    }

    #[test]
    fn a_gap_takes_the_option_that_means_what_is_always_meant() {
        for i in ["  opus", "-s opus", " --session  -S opus", "—session opus", " –s opus"] {
            assert_eq!(rest_of_gap(i), "opus", "{i}");
        }
        assert_eq!(rest_of_gap(" - opus"), "- opus");
    }

    #[test]
    fn other_options_are_faults() {
        for i in
            ["-a", "--agent", "--agent=main", "-g", "—global", "--runtime", "--all", "-x", "--", "—", "--session=x"]
        {
            assert!(matches!(gap(i), Err(nom::Err::Failure(_))), "{i}");
        }
    }

    #[test]
    fn numbers_count_from_one() {
        let entry = |i| number(i, Expected::Entry);
        assert_eq!(entry("007 x").unwrap(), (" x", 7));
        assert_eq!(entry("4294967295").unwrap().1, u32::MAX);
        assert!(matches!(entry("0"), Err(nom::Err::Failure(_))));
        assert!(matches!(entry("4294967296"), Err(nom::Err::Failure(_))));
        assert!(matches!(entry("3x"), Err(nom::Err::Error(_))));
        assert!(matches!(entry("٣"), Err(nom::Err::Error(_))));
    }
}
