//! Whether a text names the bot, by the parts that Telegram marks in it.

use std::ops::Range;

use crate::inbound::Me;
use crate::inbound::wire::Entity;

/// Whether a text names the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Naming<'a> {
    /// Whether it does: with a mention anywhere, or as the suffix of the command that it begins with.
    pub(super) is_named: bool,
    /// The text without the mention that it begins with. `/model@ThisBot` stays: a suffix is part of a command.
    pub(super) rest: &'a str,
}

/// Looks for the bot's name in `text`. Entities that lie outside of it, or cut a character in two, say nothing.
pub(super) fn of<'a>(text: &'a str, entities: &[Entity], me: &Me) -> Naming<'a> {
    let mut naming = Naming { is_named: false, rest: text };
    for entity in entities {
        let Some(range) = bytes(text, entity) else { continue };
        let is_first = text[..range.start].trim_start().is_empty();
        let piece = &text[range.clone()];
        match entity.kind.as_str() {
            "mention" if piece.strip_prefix('@').is_some_and(|name| me.is_called(name)) => {}
            "text_mention" if entity.user.as_ref().is_some_and(|user| user.id == me.id) => {}
            "bot_command" if is_first && piece.split_once('@').is_some_and(|(_, name)| me.is_called(name)) => {
                naming.is_named = true;
                continue;
            }
            _ => continue,
        }
        naming.is_named = true;
        if is_first {
            naming.rest = behind(text, range.end);
        }
    }
    naming
}

/// What follows a mention that ends at `end`; all of the text where it is only the beginning of a word, as in `@bot's`.
fn behind(text: &str, end: usize) -> &str {
    let rest = &text[end..];
    match rest.chars().next() {
        None => rest,
        Some(':' | ',') => rest[1..].trim_start(),
        Some(c) if c.is_whitespace() => rest.trim_start(),
        Some(_) => text,
    }
}

/// The bytes of an entity, which Telegram counts in UTF-16 units. One over nothing has none.
fn bytes(text: &str, entity: &Entity) -> Option<Range<usize>> {
    let end = entity.offset.checked_add(entity.length)?;
    let range = byte(text, entity.offset)?..byte(text, end)?;
    (!range.is_empty()).then_some(range)
}

/// The byte at which the UTF-16 unit at `offset` begins, if a character begins there or the text ends.
fn byte(text: &str, offset: usize) -> Option<usize> {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= offset {
            return (units == offset).then_some(at);
        }
        units += c.len_utf16();
    }
    (units == offset).then_some(text.len())
}

impl Me {
    /// Whether `name` is the bot's user name; Telegram tells them apart by their letters, not by the case of these.
    fn is_called(&self, name: &str) -> bool {
        !name.is_empty() && name.eq_ignore_ascii_case(&self.username)
    }
}

#[cfg(test)]
mod tests;
