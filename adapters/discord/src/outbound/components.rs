//! Buttons and menus below a message.

mod labels;

use std::collections::BTreeSet;

use modelpin_chat::Choice;
use serenity::builder::{
    CreateActionRow, CreateButton, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption,
};
use serenity::model::application::ButtonStyle;

use crate::outbound::components::labels::{legible, shortened};
use crate::outbound::limits::{BUTTON_LABEL, BUTTONS_IN_A_ROW, OPTION_LABEL, OPTIONS, PLACEHOLDER, ROWS, TOKEN};

/// Stands before the entry of a menu that holds now. Discord has a way to say so, but an entry that is marked in that way
/// cannot be taken.
const CURRENT: char = '✓';

/// A row below a message.
enum Row<'a> {
    Buttons(Vec<&'a Choice>),
    /// Entries of the list of that name.
    List(&'a str, Vec<&'a Choice>),
}

/// The rows that hold all choices, in order, as many as one message takes at a time.
///
/// Choices that follow each other in lists of one name make one menu, or several where one is too small; the others are
/// buttons. A choice whose token is too long is left out and logged: a shortened token would press something else.
pub(crate) fn components(choices: &[Vec<Choice>], session: &str) -> Vec<Vec<CreateActionRow>> {
    let mut messages: Vec<Vec<CreateActionRow>> = Vec::new();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for row in built(&rows(choices, session)) {
        let number = messages.last().map_or(0, Vec::len);
        // No id may be twice in a message.
        let is_full = number == 0 || number >= ROWS || row.ids(number).iter().any(|id| ids.contains(id));
        if is_full {
            messages.push(Vec::new());
            ids.clear();
        }
        if let Some(message) = messages.last_mut() {
            ids.extend(row.ids(message.len()));
            let number = message.len();
            message.push(row.numbered(number));
        }
    }
    messages
}

/// The choices in rows; of each list all that follow each other.
fn rows<'a>(choices: &'a [Vec<Choice>], session: &str) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    for row in choices {
        let mut is_new = true;
        for choice in row.iter().filter(|choice| can_be_pressed(choice, session)) {
            match (choice.list.as_deref(), rows.last_mut()) {
                (Some(name), Some(Row::List(last, entries))) if *last == name => entries.push(choice),
                (Some(name), _) => rows.push(Row::List(name, vec![choice])),
                (None, Some(Row::Buttons(buttons)))
                    if !is_new
                        && buttons.len() < BUTTONS_IN_A_ROW
                        && buttons.iter().all(|button| button.token != choice.token) =>
                {
                    buttons.push(choice);
                }
                (None, _) => rows.push(Row::Buttons(vec![choice])),
            }
            is_new = false;
        }
    }
    rows
}

fn can_be_pressed(choice: &Choice, session: &str) -> bool {
    let Choice { label: _, token, list: _, current: _ } = choice;
    let fits = (1..=TOKEN).contains(&token.len());
    if !fits {
        tracing::error!(
            session.key = session,
            token.bytes = token.len(),
            "a choice was left out: its token must have 1 to {TOKEN} bytes"
        );
    }
    fits
}

/// A row as it is printed; a menu still without its id.
enum Built {
    Buttons(Vec<String>, Vec<CreateButton>),
    Menu(String, Vec<CreateSelectMenuOption>),
}

impl Built {
    /// The ids that it takes as the row of that number.
    fn ids(&self, number: usize) -> Vec<String> {
        match self {
            Self::Buttons(tokens, _) => tokens.clone(),
            Self::Menu(..) => vec![list_id(number)],
        }
    }

    fn numbered(self, number: usize) -> CreateActionRow {
        match self {
            Self::Buttons(_, buttons) => CreateActionRow::Buttons(buttons),
            Self::Menu(placeholder, options) => CreateActionRow::SelectMenu(
                CreateSelectMenu::new(list_id(number), CreateSelectMenuKind::String { options })
                    .placeholder(placeholder),
            ),
        }
    }
}

/// What a menu is called in its message; which entry was taken is told by the entry's value.
fn list_id(number: usize) -> String {
    format!("list:{number}")
}

fn built(rows: &[Row<'_>]) -> Vec<Built> {
    let texts = |row: &Row<'_>| match row {
        Row::Buttons(buttons) => buttons.iter().map(|choice| choice.label.clone()).collect(),
        Row::List(..) => Vec::new(),
    };
    let texts: Vec<String> = rows.iter().flat_map(texts).collect();
    let mut labels = legible(texts.iter().map(String::as_str), BUTTON_LABEL).into_iter();
    let mut all = Vec::new();
    for row in rows {
        match row {
            Row::Buttons(choices) => {
                let printed = labels.by_ref().take(choices.len());
                let buttons = printed.zip(choices).map(|(label, choice)| button(label, choice)).collect();
                all.push(Built::Buttons(choices.iter().map(|choice| choice.token.clone()).collect(), buttons));
            }
            Row::List(name, entries) => all.extend(menus(name, entries)),
        }
    }
    all
}

fn button(label: String, choice: &Choice) -> CreateButton {
    let style = if choice.current { ButtonStyle::Primary } else { ButtonStyle::Secondary };
    CreateButton::new(choice.token.clone()).label(label).style(style)
}

/// The menus that hold all entries of a list.
fn menus(name: &str, entries: &[&Choice]) -> Vec<Built> {
    let marked = |choice: &&Choice| {
        let label = &choice.label;
        if choice.current && !label.contains(CURRENT) { format!("{CURRENT} {label}") } else { label.clone() }
    };
    let texts: Vec<String> = entries.iter().map(marked).collect();
    let mut labels = legible(texts.iter().map(String::as_str), OPTION_LABEL).into_iter();
    let pages = pages(entries);
    let (mut done, total, count) = (0, entries.len(), pages.len());
    let menu = |page: Vec<&Choice>| {
        let range = format!(" {}–{} of {total}", done + 1, done + page.len());
        let suffix = if count > 1 { range } else { String::new() };
        let room = PLACEHOLDER - suffix.len();
        let placeholder = shortened(&labels::one_line(name), room) + &suffix;
        done += page.len();
        let option = |(label, choice): (String, &Choice)| CreateSelectMenuOption::new(label, choice.token.clone());
        Built::Menu(placeholder, labels.by_ref().take(page.len()).zip(page).map(option).collect())
    };
    pages.into_iter().map(menu).collect()
}

/// As many entries at a time as one menu takes. No value may be twice in it.
fn pages<'a>(entries: &[&'a Choice]) -> Vec<Vec<&'a Choice>> {
    let mut pages: Vec<Vec<&'a Choice>> = Vec::new();
    for entry in entries {
        let fits =
            |page: &&mut Vec<&'a Choice>| page.len() < OPTIONS && page.iter().all(|other| other.token != entry.token);
        match pages.last_mut().filter(fits) {
            Some(page) => page.push(entry),
            None => pages.push(vec![entry]),
        }
    }
    pages
}

#[cfg(test)]
mod tests;
