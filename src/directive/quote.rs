//! Names in quotes, for what could not be typed without.

use std::fmt::{self, Write};

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::{anychar, char};
use nom::combinator::{map_opt, verify};
use nom::multi::fold_many0;
use nom::sequence::{delimited, preceded};

use crate::directive::fault::{Expected, Parsed, failure};
use crate::directive::line::{cleaned, is_unseen};

/// A kind of quote. Telephones put in the curly ones unasked, and not always the right one, so that each kind is closed
/// by any of its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Double,
    Single,
    Back,
}

impl Kind {
    fn of(c: char) -> Option<Self> {
        match c {
            '"' | '“' | '”' | '„' | '‟' | '«' | '»' => Some(Self::Double),
            '\'' | '‘' | '’' | '‚' | '‛' => Some(Self::Single),
            '`' => Some(Self::Back),
            _ => None,
        }
    }
}

/// What stood between quotes.
pub(crate) struct Quoted {
    /// Without quotes and escapes.
    pub(crate) text: String,
    /// Whether an `@` stood in it that was not escaped.
    pub(crate) has_at: bool,
}

// quote = any of " “ ” „ ‟ « » or any of ' ‘ ’ ‚ ‛ or "`"
pub(crate) fn quote(i: &str) -> Parsed<'_, char> {
    verify(anychar, |c| Kind::of(*c).is_some()).parse(i)
}

// quoted = quote *( escape / any ) quote      ; both quotes of one kind
pub(crate) fn quoted(i: &str) -> Parsed<'_, Quoted> {
    let (inside, opening) = quote(i)?;
    let kind = Kind::of(opening);
    let empty = || Quoted { text: String::new(), has_at: false };
    let plain = verify(anychar, |c| Kind::of(*c) != kind).map(|c| (c, c == '@'));
    let (rest, found) = fold_many0(alt((escape.map(|c| (c, false)), plain)), empty, |mut quoted, (c, is_at)| {
        quoted.text.push(c);
        quoted.has_at |= is_at;
        quoted
    })
    .parse(inside)?;
    let Ok((rest, _)) = quote(rest) else { return Err(failure(i, Expected::ClosingQuote)) };
    if found.text.chars().all(is_unseen) {
        return Err(failure(i.get(..i.len() - rest.len()).unwrap_or(i), Expected::Name));
    }
    Ok((rest, found))
}

// escape = "\" ( quote / "\" / "@" / "u{" 1*6HEXDIG "}" )
fn escape(i: &str) -> Parsed<'_, char> {
    let itself = verify(anychar, |c| matches!(c, '\\' | '@') || Kind::of(*c).is_some());
    let digits = take_while_m_n(1, 6, |c: char| c.is_ascii_hexdigit());
    let code = map_opt(digits, |hex| u32::from_str_radix(hex, 16).ok().and_then(char::from_u32));
    preceded(char('\\'), alt((itself, delimited(tag("u{"), code, char('}'))))).parse(i)
}

/// Whether an `@` in a quoted name is for the catalogue to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// It is, or its place says that it cannot be.
    Bare,
    /// It is part of the name.
    Escaped,
}

/// Writes `text` so that [`quoted`] reads it, whatever it holds.
pub(crate) fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str, at: At) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if c == '\\' || Kind::of(c) == Some(Kind::Double) || c == '@' && at == At::Escaped {
            write!(f, "\\{c}")?;
        } else if cleaned(c) != Some(c) || c.is_control() {
            write!(f, "\\u{{{:x}}}", u32::from(c))?;
        } else {
            f.write_char(c)?;
        }
    }
    f.write_char('"')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn text(i: &str) -> String {
        let (rest, quoted) = quoted(i).unwrap();
        assert_eq!(rest, "");
        quoted.text
    }

    #[test]
    fn each_kind_of_quote_is_closed_by_its_own_kind() {
        for (typed, meant) in [
            ("\"a b\"", "a b"),
            ("“a b”", "a b"),
            ("„a b“", "a b"),
            ("“a b\"", "a b"),
            ("'a \"b'", "a \"b"),
            ("`a'b`", "a'b"),
        ] {
            assert_eq!(text(typed), meant);
        }
    }

    #[test]
    fn escapes_stand_for_what_cannot_be_typed_and_anything_else_is_itself() {
        assert_eq!(text(r#""a\"b\\c""#), r#"a"b\c"#);
        assert_eq!(text(r#""a\u{200b}\u{A0}b""#), "a\u{200b}\u{a0}b");
        assert_eq!(text(r#""C:\models\u{110000}\u{}""#), r"C:\models\u{110000}\u{}");
    }

    #[test]
    fn an_escaped_at_is_no_separator() {
        assert!(quoted("\"a@b\"").unwrap().1.has_at);
        assert!(!quoted(r#""a\@b""#).unwrap().1.has_at);
    }
}
