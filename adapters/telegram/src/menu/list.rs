//! One list of commands, within Telegram's limits.

use std::collections::HashSet;

use modelpin_chat::CommandEntry;
use teloxide::types::BotCommand;

use crate::menu::{LeftOut, Why};

/// The longest name. Source: the Bot API, `BotCommand`.
const LONGEST_NAME: usize = 32;

/// The longest description. Source: the Bot API, `BotCommand`.
const LONGEST_DESCRIPTION: usize = 256;

/// The most commands in a list. Source: the Bot API, `setMyCommands`.
const MOST: usize = 100;

/// The most text in a list, names and descriptions together. Telegram does not say how much it takes; the newest family
/// found this to be safe. Even 100 of the longest names leave 25 for each description.
const ROOM: usize = 5_700;

/// What stands at the end of a shortened description.
const ELLIPSIS: char = '…';

/// The list of these commands, and what had to be left out of it.
pub(super) fn of<'a>(entries: impl Iterator<Item = &'a CommandEntry>) -> (Vec<BotCommand>, Vec<LeftOut>) {
    let mut names = HashSet::new();
    let mut commands = Vec::new();
    let mut left_out = Vec::new();
    for entry in entries {
        // People may write commands in any case; Telegram lists them in lower case.
        let name = entry.name.to_ascii_lowercase();
        let why = if !is_name(&name) {
            Some(Why::Name)
        } else if names.contains(&name) {
            Some(Why::Twice)
        } else if commands.len() == MOST {
            Some(Why::TooMany)
        } else {
            None
        };
        if let Some(why) = why {
            left_out.push(LeftOut { what: entry.name.clone(), why });
            continue;
        }
        commands.push(BotCommand::new(name.clone(), description(&entry.summary, &name)));
        names.insert(name);
    }
    let longest = longest_description(&commands);
    for command in &mut commands {
        shorten(&mut command.description, longest);
    }
    (commands, left_out)
}

fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_allowed)
}

/// One line that is not empty.
fn description(summary: &str, name: &str) -> String {
    let line = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { name.to_owned() } else { line }
}

/// The length that no description may exceed, so that all find room: the longest ones give way first.
fn longest_description(commands: &[BotCommand]) -> usize {
    let names: usize = commands.iter().map(|command| command.command.len()).sum();
    let lengths: Vec<usize> = commands.iter().map(|command| length(&command.description)).collect();
    let fits = |longest: usize| lengths.iter().map(|length| *length.min(&longest)).sum::<usize>() + names <= ROOM;
    (1..=LONGEST_DESCRIPTION).rev().find(|longest| fits(*longest)).unwrap_or(1)
}

fn shorten(text: &mut String, longest: usize) {
    if length(text) <= longest {
        return;
    }
    let mut left = longest.saturating_sub(ELLIPSIS.len_utf16());
    let end = text.char_indices().find(|(_, c)| {
        let fits = left >= c.len_utf16();
        left = left.saturating_sub(c.len_utf16());
        !fits
    });
    text.truncate(end.map_or(text.len(), |(at, _)| at));
    text.truncate(text.trim_end().len());
    text.push(ELLIPSIS);
}

/// In UTF-16 units: never less than the characters that Telegram may be counting.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}
