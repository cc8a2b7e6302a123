//! `/model`: what is chosen, and the nearest ways to choose something else.

use modelpin_chat::{Block, Span};

use crate::catalog::ModelRef;
use crate::directive::{Directive, Lifetime, Typed, Wanted};
use crate::menu::{CREDENTIALS, MODELS, MenuEntry};
use crate::profile::ProfileId;
use crate::reply::paging::{length, printed};
use crate::reply::{Draft, Words, code, plain, strong};
use crate::resolver::Resolution;
use crate::session::Selection;

/// Buttons in one row: what a phone shows without cutting labels.
const PER_ROW: usize = 3;
/// Aliases with a button. A platform shows a hundred buttons at the most, and a person looks at fewer.
const ALIASES: usize = 42;
/// Profiles with a button; where there are more, a button leads to all of them.
const PROFILES: usize = 16;
/// What the line of the aliases may take up, in UTF-16 units.
const ALIASES_ROOM: usize = 1_000;

/// What the picker shows.
pub(crate) struct Picker<'a> {
    /// What is chosen, by the session or its parent.
    pub(crate) selection: Option<&'a Selection>,
    /// Whether that is the parent's.
    pub(crate) inherited: bool,
    /// Who would answer now.
    pub(crate) resolution: &'a Resolution,
    /// The profiles of the current provider that exist for the person who asks.
    pub(crate) profiles: Vec<ProfileId>,
}

/// The picker.
pub(crate) fn picker(picker: &Picker<'_>, words: Words<'_>) -> Draft {
    let Picker { selection, inherited, resolution, profiles } = picker;
    let current = selection.and_then(|selection| selection.model.as_ref()).unwrap_or(words.catalog.default_model());
    let mut draft = Draft::default();
    let from = match (selection, *inherited) {
        (None, _) => " (the default)",
        (Some(_), true) => " (as chosen in the chat above)",
        (Some(_), false) => "",
    };
    draft.spans(vec![plain("Model: "), strong(printed(&words.model(current))), plain(from)]);
    draft.spans(credential(*selection, resolution, words));
    if let Some(selection) = selection {
        draft.line(format!("Chosen by {}, {}.", words.actor(&selection.by), words.lifetime(selection)));
    }
    draft.blocks.extend(aliases(words));
    draft.spans(vec![
        plain("Choose: "),
        code("/model <name>[@profile]"),
        plain("  Browse: "),
        code("/model list"),
        plain("  Details: "),
        code("/model status"),
    ]);
    draft.rows = buttons(
        current,
        selection.and_then(|selection| selection.pin.as_ref()).map(|pin| &pin.profile),
        profiles,
        words,
    );
    draft
}

/// The line about the credential: the pin, or who is next, or when somebody will be.
pub(crate) fn credential(selection: Option<&Selection>, resolution: &Resolution, words: Words<'_>) -> Vec<Span> {
    let pin = selection.and_then(|selection| selection.pin.as_ref());
    match (pin, resolution.next(), resolution.first_free()) {
        (Some(pin), Some(_), _) => {
            vec![plain("Credential: "), strong(words.name(pin.profile.as_str())), plain(" (pinned)")]
        }
        (Some(pin), None, free) => {
            let why = match free {
                Some(at) => format!("waiting until {}", words.until(at)),
                None => "not usable, see /model why".to_owned(),
            };
            vec![plain("Credential: "), strong(words.name(pin.profile.as_str())), plain(format!(" (pinned; {why})"))]
        }
        (None, Some(next), _) => {
            vec![plain("Credential: "), strong(words.credential(&next.credential)), plain(" (next in the auth order)")]
        }
        (None, None, Some(at)) => {
            vec![plain(format!("Credential: all are waiting, the first until {}", words.until(at)))]
        }
        (None, None, None) => vec![plain("Credential: none that could be used; see "), code("/model why")],
    }
}

/// Aliases first, then the credentials of the current provider, then the ways on.
fn buttons(
    current: &ModelRef,
    pin: Option<&ProfileId>,
    profiles: &[ProfileId],
    words: Words<'_>,
) -> Vec<Vec<MenuEntry>> {
    let models = words.catalog.aliases().map(|(alias, model)| {
        let command = select(Some(&model.to_string()), None);
        MenuEntry::button(marked(alias.as_str(), model == current), command).of(MODELS, model == current)
    });
    let models: Vec<MenuEntry> = models.take(ALIASES).collect();
    let credentials: Vec<MenuEntry> = profiles
        .iter()
        .take(PROFILES)
        .map(|profile| {
            let command = select(Some(&current.to_string()), Some(profile.as_str()));
            let pinned = pin == Some(profile);
            let label = marked(&format!("@ {}", words.name(profile.as_str())), pinned);
            MenuEntry::button(label, command).of(CREDENTIALS, pinned)
        })
        .collect();
    let mut rows: Vec<Vec<MenuEntry>> = models.chunks(PER_ROW).map(<[MenuEntry]>::to_vec).collect();
    rows.extend(credentials.chunks(PER_ROW - 1).map(<[MenuEntry]>::to_vec));
    if profiles.len() > PROFILES {
        let label = format!("All credentials ({})", profiles.len());
        rows.push(vec![MenuEntry::button(label, Directive::Profiles { page: None })]);
    }
    rows.push(vec![
        MenuEntry::button("All models", Directive::List { provider: None, page: None }),
        MenuEntry::button("Default", Directive::Default),
        MenuEntry::button("Undo", Directive::Undo),
        MenuEntry::cancel(),
    ]);
    rows
}

/// The line of the aliases, as many as there is room for.
fn aliases(words: Words<'_>) -> Option<Block> {
    let mut line = String::new();
    let (mut room, mut left) = (ALIASES_ROOM, 0);
    for (alias, _) in words.catalog.aliases() {
        let needed = length(alias.as_str()) + 2;
        if left > 0 || needed > room {
            left += 1;
            continue;
        }
        room -= needed;
        line.push_str(if line.is_empty() { "Aliases: " } else { ", " });
        line.push_str(alias.as_str());
    }
    if left > 0 {
        line = format!("{line}, and {left} more");
    }
    (!line.is_empty()).then(|| Block::line(line))
}

/// Back to the picker.
pub(crate) fn back() -> MenuEntry {
    MenuEntry::button("◀ Back", Directive::Picker)
}

/// A selection by full names, quoted so that it can be read in one way only.
pub(crate) fn select(model: Option<&str>, profile: Option<&str>) -> Directive {
    Directive::Select {
        wanted: Wanted::Parts { target: model.map(Typed::from), profile: profile.map(Typed::from) },
        lifetime: Lifetime::Lasting,
    }
}

/// A label, marked when it is what is chosen now.
pub(crate) fn marked(label: &str, chosen: bool) -> String {
    if chosen { format!("{label} ✓") } else { label.to_owned() }
}

/// What a menu comes to that was closed.
pub(crate) fn closed() -> Draft {
    let mut draft = Draft::default();
    draft.line("Closed. Nothing was changed.");
    draft
}
