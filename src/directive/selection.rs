//! The productions of a selection: which model, which profile, how long.

use nom::Parser;
use nom::branch::alt;
use nom::character::complete::{char, none_of};
use nom::combinator::{consumed, not, opt, peek, recognize, value};
use nom::multi::many1_count;
use nom::sequence::{preceded, terminated};

use crate::directive::fault::{Expected, Parsed, Trouble, failure};
use crate::directive::line::Line;
use crate::directive::quote::{quote, quoted};
use crate::directive::token::{boundary, end, gap, keyword, token};
use crate::directive::{Directive, Lifetime, Typed, Wanted, duration};

/// A name as it was typed.
pub(crate) struct Name<'a> {
    /// All of it, with its quotes.
    typed: &'a str,
    /// What it says.
    text: String,
    /// Whether an `@` in it is for the catalogue to read.
    has_at: bool,
}

impl Name<'_> {
    /// The name, with its place in the message.
    pub(crate) fn placed(self, line: &Line<'_>) -> Typed {
        Typed { span: line.span_of(self.typed), text: self.text }
    }
}

// select = selection gap [ lifetime gap ]
pub(crate) fn select<'a>(line: &Line<'_>, i: &'a str) -> Parsed<'a, Directive> {
    let (rest, (wanted, _, lifetime, _)) = (|i| selection(line, i), gap, opt(lifetime), gap).parse(i)?;
    let (rest, ()) = end(rest, if lifetime.is_some() { Expected::End } else { Expected::Lifetime })?;
    Ok((rest, Directive::Select { wanted, lifetime: lifetime.unwrap_or(Lifetime::Lasting) }))
}

// selection = pair / "@" quoted / lone / bare
fn selection<'a>(line: &Line<'_>, i: &'a str) -> Parsed<'a, Wanted> {
    let parts = |target: Option<Name<'_>>, profile: Option<Name<'_>>| Wanted::Parts {
        target: target.map(|name| name.placed(line)),
        profile: profile.map(|name| name.placed(line)),
    };
    alt((
        pair.map(|(target, profile)| parts(Some(target), Some(profile))),
        preceded(char('@'), quoted_name).map(|profile| parts(None, Some(profile))),
        lone.map(|name| if name.has_at { Wanted::Word(name.placed(line)) } else { parts(Some(name), None) }),
        bare_name.map(|name| Wanted::Word(name.placed(line))),
    ))
    .parse(i)
}

// pair = ( quoted / bare ) gap "@" profile    ; the bare name must not begin with "@"
fn pair(i: &str) -> Parsed<'_, (Name<'_>, Name<'_>)> {
    let target = alt((glued_name, preceded(not(char('@')), bare_name)));
    terminated(target, (gap, char('@'))).and(profile).parse(i)
}

// lone = quoted                               ; an "@" in it that is not escaped is read as in a bare name
fn lone(i: &str) -> Parsed<'_, Name<'_>> {
    let (rest, name) = quoted_name(i)?;
    if name.has_at && name.text.ends_with('@') { Err(no_profile(rest)) } else { Ok((rest, name)) }
}

// profile = quoted / token
fn profile(i: &str) -> Parsed<'_, Name<'_>> {
    let (rest, name) = opt(alt((quoted_name, plain_name))).parse(i)?;
    name.map(|name| (rest, name)).ok_or_else(|| no_profile(i))
}

// provider = quoted / token
pub(crate) fn provider(i: &str) -> Parsed<'_, Name<'_>> {
    alt((quoted_name, plain_name)).parse(i)
}

// bare = 1*( any but blank and but "@" before a quote )
pub(crate) fn bare(i: &str) -> Parsed<'_, &str> {
    recognize(many1_count(alt((none_of(" @"), terminated(char('@'), peek(not(quote))))))).parse(i)
}

// lifetime = "once" / "for" gap duration
fn lifetime(i: &str) -> Parsed<'_, Lifetime> {
    alt((value(Lifetime::Once, keyword("once")), preceded((keyword("for"), gap), time))).parse(i)
}

// duration = 1*( 1*DIGIT unit )               ; each unit once at the most, in the order d h m s
fn time(i: &str) -> Parsed<'_, Lifetime> {
    let (rest, text) = opt(token).parse(i)?;
    let known = text.and_then(duration);
    known.map(|known| (rest, Lifetime::For(known))).ok_or_else(|| failure(text.unwrap_or(i), Expected::Duration))
}

/// A bare name; it may hold `@`, but where it ends in one, a profile is missing.
fn bare_name(i: &str) -> Parsed<'_, Name<'_>> {
    let (rest, typed) = bare(i)?;
    let name = Name { typed, text: typed.to_owned(), has_at: typed.contains('@') };
    if typed.ends_with('@') { Err(no_profile(rest)) } else { Ok((rest, name)) }
}

/// A whole token, whatever it holds.
fn plain_name(i: &str) -> Parsed<'_, Name<'_>> {
    token.map(|typed| Name { typed, text: typed.to_owned(), has_at: false }).parse(i)
}

/// A quoted name, whatever follows it.
pub(crate) fn glued_name(i: &str) -> Parsed<'_, Name<'_>> {
    consumed(quoted).map(|(typed, quoted)| Name { typed, text: quoted.text, has_at: quoted.has_at }).parse(i)
}

/// A quoted name that ends where a blank or the end of the line follows.
fn quoted_name(i: &str) -> Parsed<'_, Name<'_>> {
    terminated(glued_name, boundary).parse(i)
}

/// Nothing stands behind an `@`, right before `rest`.
fn no_profile(rest: &str) -> nom::Err<Trouble<'_>> {
    failure(rest.get(..0).unwrap_or(rest), Expected::Profile)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn bare_of(i: &str) -> (&str, &str) {
        let (rest, bare) = bare(i).unwrap();
        (bare, rest)
    }

    #[test]
    fn a_bare_name_ends_at_a_blank_or_where_a_quoted_profile_begins() {
        assert_eq!(bare_of("m@q8_0@anthropic:b for 2h"), ("m@q8_0@anthropic:b", " for 2h"));
        assert_eq!(bare_of("m@q8@\"my key\""), ("m@q8", "@\"my key\""));
        assert_eq!(bare_of("o'pus@w\"k"), ("o'pus@w\"k", ""));
        assert!(bare("@“my key”").is_err());
        assert!(bare(" opus").is_err());
    }

    #[test]
    fn a_lifetime_is_a_keyword_or_for_and_a_time() {
        assert_eq!(lifetime("ONCE").unwrap().1, Lifetime::Once);
        assert_eq!(lifetime("for -s 2h").unwrap().1, Lifetime::For(std::time::Duration::from_hours(2)));
        assert!(matches!(lifetime("forever"), Err(nom::Err::Error(_))));
        assert!(matches!(lifetime("for ever"), Err(nom::Err::Failure(_))));
    }

    #[test]
    fn a_pair_may_be_typed_with_a_blank_between() {
        for i in ["opus @work", "opus  @work", "\"opus\"@work", "opus@\"work\"", "opus -s @'work'"] {
            let (rest, (target, profile)) = pair(i).unwrap();
            assert_eq!((target.text.as_str(), profile.text.as_str(), rest), ("opus", "work", ""), "{i}");
        }
        assert!(pair("opus@work").is_err());
        assert!(pair("@work @home").is_err());
    }
}
