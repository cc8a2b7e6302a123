//! `/model`: what is chosen, and the nearest ways to choose something else.

use modelpin_chat::Span;

use crate::catalog::ModelRef;
use crate::directive::{Directive, Lifetime, Typed, Wanted};
use crate::menu::MenuEntry;
use crate::profile::ProfileId;
use crate::reply::{Draft, Words, code, plain, strong};
use crate::resolver::Resolution;
use crate::session::Selection;

/// Buttons in one row: what a phone shows without cutting labels.
const PER_ROW: usize = 3;

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
    draft.spans(vec![plain("Model: "), strong(words.model(current)), plain(from)]);
    draft.spans(credential(*selection, resolution, words));
    if let Some(selection) = selection {
        draft.line(format!("Chosen by {}, {}.", words.actor(&selection.by), words.lifetime(selection)));
    }
    let aliases: Vec<String> = words.catalog.aliases().map(|(alias, _)| alias.to_string()).collect();
    if !aliases.is_empty() {
        draft.line(format!("Aliases: {}", aliases.join(", ")));
    }
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
        MenuEntry::button(marked(alias.as_str(), model == current), command)
    });
    let models: Vec<MenuEntry> = models.collect();
    let credentials: Vec<MenuEntry> = profiles
        .iter()
        .map(|profile| {
            let command = select(Some(&current.to_string()), Some(profile.as_str()));
            MenuEntry::button(marked(&format!("@ {}", words.name(profile.as_str())), pin == Some(profile)), command)
        })
        .collect();
    let mut rows: Vec<Vec<MenuEntry>> = models.chunks(PER_ROW).map(<[MenuEntry]>::to_vec).collect();
    rows.extend(credentials.chunks(PER_ROW - 1).map(<[MenuEntry]>::to_vec));
    rows.push(vec![
        MenuEntry::button("All models", Directive::List { provider: None, page: None }),
        MenuEntry::button("Default", Directive::Default),
        MenuEntry::button("Undo", Directive::Undo),
    ]);
    rows
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
