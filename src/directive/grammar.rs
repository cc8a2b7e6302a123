//! The productions of a command line, from the outermost inwards.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{char, space0, space1};
use nom::combinator::{eof, fail, not, opt, peek, recognize, value, verify};
use nom::multi::many0_count;
use nom::sequence::{preceded, terminated};

use crate::directive::fault::{Expected, Fault, Parsed, failure};
use crate::directive::line::{Line, leading_slash};
use crate::directive::operation::OperationName;
use crate::directive::selection::{bare, glued_name, provider, select};
use crate::directive::token::{end, gap, keyword, number, paging_word};
use crate::directive::{Command, Directive, Message, Typed, Wanted};

/// Reads one chat message; `bot` is the bot's own name without `@`.
///
/// Total: any text gives a message or a fault. A message that does not begin with `/` is plain, and that is known from
/// its first visible byte, whatever its length.
///
/// # Errors
///
/// A [`Fault`] when the message is one of the commands, for this bot, and cannot be read as one. Nothing of it must
/// be carried out, and nothing of it be sent to the model: the fault is the reply.
pub fn read(text: &str, bot: &str) -> Result<Message, Fault> {
    let Some(slash) = leading_slash(text) else { return Ok(Message::Plain) };
    if is_path(text.get(slash + 1..).unwrap_or_default()) {
        return Ok(Message::Plain);
    }
    let line = Line::starting_at(text, slash);
    match (Grammar { line: &line, bot }).message(line.clean()) {
        Ok((_, message)) => Ok(message),
        Err(nom::Err::Failure(trouble)) => trouble.fault(&line).map_or(Ok(Message::Plain), Err),
        Err(nom::Err::Error(_) | nom::Err::Incomplete(_)) => Ok(Message::Plain),
    }
}

/// Whether the word behind the first `/` holds another one, so that a long line that begins with a path is not cleared
/// for nothing.
fn is_path(behind: &str) -> bool {
    let ends_word = |c: char| matches!(c, '/' | ':' | '@' | '\u{FF20}') || c.is_whitespace();
    behind.find(ends_word).and_then(|at| behind.get(at..)).is_some_and(|rest| rest.starts_with('/'))
}

/// The commands behind the names of [`COMMAND_NAMES`](crate::directive::COMMAND_NAMES).
#[derive(Debug, Clone, Copy)]
enum Name {
    Model,
    Models,
    New,
    Help,
    Whoami,
    Operation(OperationName),
}

impl Name {
    fn of(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "model" => Some(Self::Model),
            "models" => Some(Self::Models),
            "new" | "reset" => Some(Self::New),
            "help" => Some(Self::Help),
            "whoami" => Some(Self::Whoami),
            _ => OperationName::of(&word).map(Self::Operation),
        }
    }
}

/// The productions that need to know the line they read, or whose bot they read for.
struct Grammar<'l> {
    line: &'l Line<'l>,
    bot: &'l str,
}

impl<'l> Grammar<'l> {
    // message = "/" word ( command / shortcut )   ; anything else is plain
    fn message(&self, i: &'l str) -> Parsed<'l, Message> {
        let (rest, word) = preceded(char('/'), terminated(word, not(char('/')))).parse(i)?;
        match Name::of(word) {
            Some(name) => self.command(name, rest),
            None => self.shortcut(word, rest),
        }
    }

    // command = [ "@" bot ] ( colon ( model / list / help / whoami / operation ) / new )     ; which of them is said by the word
    fn command(&self, name: Name, i: &'l str) -> Parsed<'l, Message> {
        let (i, addressed) = opt(preceded(char('@'), addressee)).parse(i)?;
        if addressed.is_some_and(|bot| !self.is_own(bot)) {
            return Ok((i, Message::ForAnotherBot));
        }
        let (rest, directive) = match name {
            Name::Model => preceded(colon, |i| self.model(i)).parse(i)?,
            Name::Models => preceded(colon, |i| self.list(i)).parse(i)?,
            Name::Help => preceded(colon, |i| alone(i, Directive::Help)).parse(i)?,
            Name::Whoami => preceded(colon, |i| alone(i, Directive::Whoami)).parse(i)?,
            Name::Operation(name) => preceded(colon, |i| name.read(self.line, i)).parse(i)?,
            Name::New => return self.new_conversation(i),
        };
        Ok((rest, Message::Command(Command { directive, following: self.following() })))
    }

    // model = gap [ "list" list / "profiles" profiles / "status" / "why" / "default" / "reset" / "undo" / number / select ] gap
    fn model(&self, i: &'l str) -> Parsed<'l, Directive> {
        let (i, _) = gap(i)?;
        let entry = |i| number(i, Expected::Entry).and_then(|(rest, entry)| alone(rest, Directive::Number(entry)));
        alt((
            value(Directive::Picker, eof),
            preceded(keyword("list"), |i| self.list(i)),
            preceded(keyword("profiles"), profiles),
            preceded(keyword("status"), |i| alone(i, Directive::Status)),
            preceded(keyword("why"), |i| alone(i, Directive::Why)),
            preceded(alt((keyword("default"), keyword("reset"))), |i| alone(i, Directive::Default)),
            preceded(keyword("undo"), |i| alone(i, Directive::Undo)),
            entry,
            |i| select(self.line, i),
        ))
        .parse(i)
    }

    // list = gap [ provider gap ] [ page gap ]
    fn list(&self, i: &'l str) -> Parsed<'l, Directive> {
        let page = |i| number(i, Expected::Page);
        let provider = preceded((not(page), paging_word), provider);
        let last = preceded(opt(paging_word), opt(page));
        let (rest, (_, provider, _, page, _)) = (gap, opt(provider), gap, last, gap).parse(i)?;
        let (rest, ()) = end(rest, Expected::End)?;
        Ok((rest, Directive::List { provider: provider.map(|name| name.placed(self.line)), page }))
    }

    // new = [ text-colon ] [ text ]               ; with no text on the line, the following lines are the text
    fn new_conversation(&self, i: &'l str) -> Parsed<'l, Message> {
        let (rest, text) = self.text(i)?;
        let directive = Directive::New { text: text.or_else(|| self.following()) };
        Ok((rest, Message::Command(Command { directive, following: None })))
    }

    // shortcut = *( "@" bot ) [ "@" bare ] [ "@" quoted ] [ text-colon ] [ text ]
    //
    // Whether the word is an alias is for the catalogue to say, so nothing here can be a fault: what cannot be read is
    // plain.
    fn shortcut(&self, word: &'l str, i: &'l str) -> Parsed<'l, Message> {
        let name = take_while1(|c| !matches!(c, ' ' | ':' | '@'));
        let own = preceded(char('@'), verify(name, |bot: &str| self.is_own(bot)));
        let (i, _) = many0_count(own).parse(i)?;
        let (mut rest, attached) = opt(preceded(peek(char('@')), bare)).parse(i)?;
        let mut attached = attached.unwrap_or_default();
        if attached.ends_with(':') && (rest.is_empty() || rest.starts_with(' ')) {
            // The id of a profile may hold colons, but the last one belongs to the sentence.
            attached = attached.trim_end_matches(':');
            rest = i.get(i.len() - rest.len() - 1..).unwrap_or(rest);
        }
        let Ok((rest, profile)) = opt(preceded(char('@'), glued_name)).parse(rest) else { return fail().parse(i) };
        if attached.ends_with('@') || !(rest.is_empty() || rest.starts_with([' ', ':'])) {
            return fail().parse(i);
        }
        let last = if attached.is_empty() { word } else { attached };
        let span = self.line.span_of(word).start..self.line.span_of(last).end;
        let named = Typed { text: format!("{word}{attached}"), span };
        let wanted = match profile {
            Some(profile) => Wanted::Parts { target: Some(named), profile: Some(profile.placed(self.line)) },
            None => Wanted::Word(named),
        };
        let (rest, text) = self.text(rest)?;
        let following = if text.is_some() { None } else { self.following() };
        Ok((rest, Message::Command(Command { directive: Directive::Shortcut { wanted, text }, following })))
    }

    // text = *any                                 ; from its first visible character to the end of the message
    fn text(&self, i: &'l str) -> Parsed<'l, Option<String>> {
        let (i, _) = (opt(text_colon), space0).parse(i)?;
        Ok(("", (!i.is_empty()).then(|| self.line.message_from(i).to_owned())))
    }

    fn following(&self) -> Option<String> {
        self.line.following().map(str::to_owned)
    }

    fn is_own(&self, bot: &str) -> bool {
        bot.to_lowercase() == self.bot.to_lowercase()
    }
}

// word = 1*( any but blank ":" "@" "/" )
fn word(i: &str) -> Parsed<'_, &str> {
    take_while1(|c| !matches!(c, ' ' | ':' | '@' | '/')).parse(i)
}

// bot = 1*( any but blank ":" )
fn addressee(i: &str) -> Parsed<'_, &str> {
    let (rest, bot) = opt(take_while1(|c| !matches!(c, ' ' | ':'))).parse(i)?;
    bot.map(|bot| (rest, bot)).ok_or_else(|| failure(i.get(..0).unwrap_or(i), Expected::Bot))
}

// colon = [ *blank ":" ]
fn colon(i: &str) -> Parsed<'_, Option<char>> {
    opt(preceded(space0, char(':'))).parse(i)
}

// text-colon = ":" / 1*blank ":" ( blank / end )          ; so that a smile is not taken for one
fn text_colon(i: &str) -> Parsed<'_, &str> {
    recognize(alt((tag(":"), terminated(preceded(space1, tag(":")), peek(alt((eof, tag(" ")))))))).parse(i)
}

// profiles = gap [ page gap ]
fn profiles(i: &str) -> Parsed<'_, Directive> {
    let page = |i| number(i, Expected::Page);
    let (rest, (_, page, _)) = (gap, preceded(opt(paging_word), opt(page)), gap).parse(i)?;
    end(rest, Expected::End).map(|(rest, ())| (rest, Directive::Profiles { page }))
}

/// `directive`, when nothing but a gap is left.
fn alone(i: &str, directive: Directive) -> Parsed<'_, Directive> {
    let (rest, _) = gap(i)?;
    end(rest, Expected::End).map(|(rest, ())| (rest, directive))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directive::{COMMAND_NAMES, KEYWORDS};

    #[test]
    fn every_command_name_is_known_and_no_other() {
        assert!(COMMAND_NAMES.iter().all(|name| Name::of(name).is_some()));
        assert!(Name::of("opus").is_none());
    }

    #[test]
    fn every_keyword_is_taken_for_something_else_than_a_model() {
        let selects = |word: &str| match read(&format!("/model {word}"), "bot") {
            Ok(Message::Command(command)) => matches!(command.directive, Directive::Select { .. }),
            other => unreachable!("{other:?}"),
        };
        assert!(!KEYWORDS.iter().any(|word| selects(word)));
        assert!(selects("opus"));
    }

    #[test]
    fn a_path_is_known_by_its_second_slash() {
        assert!(is_path("usr/bin/env x"));
        assert!(is_path("/ a comment"));
        assert!(!is_path("opus a/b"));
        assert!(!is_path("opus@a/b"));
        assert!(!is_path("opus"));
    }

    #[test]
    fn a_smile_is_no_colon() {
        assert_eq!(text_colon(": x").map(|(rest, _)| rest).ok(), Some(" x"));
        assert_eq!(text_colon(" : x").map(|(rest, _)| rest).ok(), Some(" x"));
        assert!(text_colon(" :) x").is_err());
    }
}
