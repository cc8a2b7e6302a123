//! What those ask for who look after the bot, and those who bring a credential of their own.

use std::fmt::{self, Display, Formatter};

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{eof, opt, peek, value};
use nom::multi::many1;
use nom::sequence::terminated;

use crate::directive::fault::{Expected, Parsed, failure};
use crate::directive::line::Line;
use crate::directive::quote::{At, write_quoted};
use crate::directive::selection::{provider as name, select};
use crate::directive::token::{end, gap, keyword, number, token};
use crate::directive::{Directive, Lifetime, Typed, Wanted};
use crate::usage::Dimension;

/// What is to be done about the bot as a whole, or about a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// `/auth`: the credentials, with their state; for who looks after none, their own.
    Auth,
    /// `/auth add [provider]`: bring a credential of one's own.
    Add {
        /// Whose it is; `None` is asked for.
        provider: Option<Typed>,
    },
    /// `/auth remove <profile>`: take a credential of one's own out again.
    Remove {
        /// Which.
        profile: Typed,
    },
    /// `/auth clear <profile>`: let it off its benches.
    Clear {
        /// Which.
        profile: Typed,
    },
    /// `/auth order <provider> [clear | profiles]`: see, set or take away the order.
    Order {
        /// Whose credentials.
        provider: Typed,
        /// What is to be done with it.
        order: OrderWish,
    },
    /// `/auth disable <profile>`: it answers nobody until it is enabled.
    Disable {
        /// Which.
        profile: Typed,
    },
    /// `/auth enable <profile>`.
    Enable {
        /// Which.
        profile: Typed,
    },
    /// `/sessions [filter]`.
    Sessions {
        /// A part of their keys, or of what is chosen in them.
        filter: Option<Typed>,
    },
    /// `/pin <session> <selection>`.
    Pin {
        /// The session's key, or an end of it that no other has.
        session: Typed,
        /// What is chosen there.
        wanted: Wanted,
        /// For how long.
        lifetime: Lifetime,
    },
    /// `/unpin <session|profile>`.
    Unpin {
        /// Which.
        subject: Typed,
    },
    /// `/usage [by profile|user|…]`.
    Usage {
        /// What to sum up by.
        by: Dimension,
    },
    /// `/audit [n]`.
    Audit {
        /// How many rows.
        count: Option<u32>,
    },
    /// `/reload`: read the configuration and the stores again.
    Reload,
    /// `/drain`: bring what is under way to its end, and end.
    Drain,
}

/// What is to be done with an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderWish {
    /// It is shown.
    Show,
    /// It is taken away.
    Clear,
    /// It becomes this.
    Set(Vec<Typed>),
}

/// The commands of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OperationName {
    Auth,
    Sessions,
    Pin,
    Unpin,
    Usage,
    Audit,
    Reload,
    Drain,
}

impl OperationName {
    pub(crate) fn of(word: &str) -> Option<Self> {
        match word {
            "auth" => Some(Self::Auth),
            "sessions" => Some(Self::Sessions),
            "pin" => Some(Self::Pin),
            "unpin" => Some(Self::Unpin),
            "usage" => Some(Self::Usage),
            "audit" => Some(Self::Audit),
            "reload" => Some(Self::Reload),
            "drain" => Some(Self::Drain),
            _ => None,
        }
    }

    // operation = gap ( auth / sessions / pin / unpin / usage / audit / "" ) gap   ; which of them is said by the word
    // sessions = [ name ]
    // unpin = name                               ; the key of a session, or a profile
    // audit = [ number ]
    // name = quoted / token
    /// Reads what follows the command's name and its colon.
    pub(crate) fn read<'l>(self, line: &Line<'l>, i: &'l str) -> Parsed<'l, Directive> {
        let (i, _) = gap(i)?;
        let (rest, operation) = match self {
            Self::Auth => auth(line, i)?,
            Self::Sessions => {
                opt(name).map(|filter| Operation::Sessions { filter: filter.map(|name| name.placed(line)) }).parse(i)?
            }
            Self::Pin => pin(line, i)?,
            Self::Unpin => needed(line, i, Expected::SessionOrProfile)
                .map(|(rest, subject)| (rest, Operation::Unpin { subject }))?,
            Self::Usage => usage(i)?,
            Self::Audit => opt(|i| number(i, Expected::Count)).map(|count| Operation::Audit { count }).parse(i)?,
            Self::Reload => (i, Operation::Reload),
            Self::Drain => (i, Operation::Drain),
        };
        let (rest, _) = gap(rest)?;
        end(rest, Expected::End).map(|(rest, ())| (rest, Directive::Operate(operation)))
    }
}

// auth = [ "add" [ name ] / ( "remove" / "clear" / "disable" / "enable" ) name / "order" order ]
fn auth<'l>(line: &Line<'l>, i: &'l str) -> Parsed<'l, Operation> {
    let one = |i| needed(line, i, Expected::ProfileName);
    let (rest, word) = opt(alt((
        keyword("add"),
        keyword("remove"),
        keyword("clear"),
        keyword("disable"),
        keyword("enable"),
        keyword("order"),
    )))
    .parse(i)?;
    let Some(word) = word else {
        let (rest, ()) = end(i, Expected::AuthCommand)?;
        return Ok((rest, Operation::Auth));
    };
    let (rest, _) = gap(rest)?;
    match word.to_ascii_lowercase().as_str() {
        "add" => opt(name).map(|found| Operation::Add { provider: found.map(|name| name.placed(line)) }).parse(rest),
        "remove" => one(rest).map(|(rest, profile)| (rest, Operation::Remove { profile })),
        "clear" => one(rest).map(|(rest, profile)| (rest, Operation::Clear { profile })),
        "disable" => one(rest).map(|(rest, profile)| (rest, Operation::Disable { profile })),
        "enable" => one(rest).map(|(rest, profile)| (rest, Operation::Enable { profile })),
        _ => order(line, rest),
    }
}

// order = name gap [ "clear" / 1*( name gap ) ]
fn order<'l>(line: &Line<'l>, i: &'l str) -> Parsed<'l, Operation> {
    let (rest, provider) = needed(line, i, Expected::ProviderName)?;
    let (rest, _) = gap(rest)?;
    let ids = many1(terminated(name, gap))
        .map(|names| OrderWish::Set(names.into_iter().map(|name| name.placed(line)).collect()));
    let alone = terminated(keyword("clear"), peek((gap, eof)));
    let (rest, order) = alt((value(OrderWish::Show, eof), value(OrderWish::Clear, alone), ids)).parse(rest)?;
    Ok((rest, Operation::Order { provider, order }))
}

// pin = name gap select
fn pin<'l>(line: &Line<'l>, i: &'l str) -> Parsed<'l, Operation> {
    let (rest, session) = needed(line, i, Expected::SessionKey)?;
    let (rest, _) = gap(rest)?;
    if rest.is_empty() {
        return Err(failure(rest, Expected::Selection));
    }
    let (rest, directive) = select(line, rest)?;
    match directive {
        Directive::Select { wanted, lifetime } => Ok((rest, Operation::Pin { session, wanted, lifetime })),
        _ => Err(failure(rest, Expected::Selection)),
    }
}

// usage = [ [ "by" gap ] dimension ]
fn usage(i: &str) -> Parsed<'_, Operation> {
    let (i, _) = opt((keyword("by"), gap)).parse(i)?;
    let (rest, word) = opt(token).parse(i)?;
    let Some(word) = word else { return Ok((rest, Operation::Usage { by: Dimension::Profile })) };
    let by = word.to_ascii_lowercase().parse().map_err(|_| failure(word, Expected::Dimension))?;
    Ok((rest, Operation::Usage { by }))
}

/// A name that has to be there.
fn needed<'l>(line: &Line<'l>, i: &'l str, expected: Expected) -> Parsed<'l, Typed> {
    let (rest, found) = opt(name).parse(i)?;
    found.map(|name| (rest, name.placed(line))).ok_or_else(|| failure(i, expected))
}

impl Display for Operation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auth => f.write_str("/auth"),
            Self::Add { provider: None } => f.write_str("/auth add"),
            Self::Add { provider: Some(provider) } => named(f, "/auth add", provider),
            Self::Remove { profile } => named(f, "/auth remove", profile),
            Self::Clear { profile } => named(f, "/auth clear", profile),
            Self::Disable { profile } => named(f, "/auth disable", profile),
            Self::Enable { profile } => named(f, "/auth enable", profile),
            Self::Order { provider, order } => {
                named(f, "/auth order", provider)?;
                match order {
                    OrderWish::Show => Ok(()),
                    OrderWish::Clear => f.write_str(" clear"),
                    OrderWish::Set(ids) => ids.iter().try_for_each(|id| named(f, "", id)),
                }
            }
            Self::Sessions { filter: None } => f.write_str("/sessions"),
            Self::Sessions { filter: Some(filter) } => named(f, "/sessions", filter),
            Self::Pin { session, wanted, lifetime } => {
                named(f, "/pin", session)?;
                let blank = if *lifetime == Lifetime::Lasting { "" } else { " " };
                write!(f, " {wanted}{blank}{lifetime}")
            }
            Self::Unpin { subject } => named(f, "/unpin", subject),
            Self::Usage { by } => write!(f, "/usage by {by}"),
            Self::Audit { count: None } => f.write_str("/audit"),
            Self::Audit { count: Some(count) } => write!(f, "/audit {count}"),
            Self::Reload => f.write_str("/reload"),
            Self::Drain => f.write_str("/drain"),
        }
    }
}

/// `opening`, a blank and the name, in quotes unless it can be nothing but a name without them.
fn named(f: &mut Formatter<'_>, opening: &str, name: &Typed) -> fmt::Result {
    write!(f, "{opening} ")?;
    let text = &name.text;
    let is_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '_' | '/' | '-' | '+' | '@' | '%');
    let is_plain =
        text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.contains(':') && text.chars().all(is_id);
    if is_plain { f.write_str(text) } else { write_quoted(f, text, At::Bare) }
}
