//! `/model profiles`: the credentials of the model in effect, numbered and paged.

use crate::catalog::ModelRef;
use crate::directive::Directive;
use crate::menu::{CREDENTIALS, MenuEntry};
use crate::profile::ProfileId;
use crate::reply::list::page_with;
use crate::reply::paging::{Pages, length, printed};
use crate::reply::picker::{back, marked, select};
use crate::reply::why::standing;
use crate::reply::{Draft, Words, code, plain, strong};
use crate::resolver::Resolution;

/// Buttons in one row: ids are long.
const PER_ROW: usize = 2;

/// What the list shows.
pub(crate) struct ProfileList<'a> {
    /// The model in effect.
    pub(crate) model: &'a ModelRef,
    /// From 1.
    pub(crate) page: u32,
    /// The profile that is pinned.
    pub(crate) pin: Option<&'a ProfileId>,
    /// Who would answer with that model if nobody had pinned a credential.
    pub(crate) resolution: &'a Resolution,
    /// The profiles of its provider that exist for the person who asks.
    pub(crate) profiles: Vec<ProfileId>,
}

/// One page of the list, in the order the credentials would be tried. Its numbers are those of the whole list.
///
/// # Errors
/// A page that does not exist gives what shows the last one.
pub(crate) fn profiles(list: &ProfileList<'_>, words: Words<'_>) -> Result<Draft, Directive> {
    let ProfileList { model, page, pin, resolution, profiles: _ } = list;
    let entries = entries(list, words);
    let pages = Pages::of(entries.iter().map(|(_, name, state)| length(name) + length(state) + 10));
    let to = |page| Directive::Profiles { page: Some(page) };
    let Some(places) = pages.get(*page) else { return Err(to(pages.count())) };

    let mut draft = Draft::default();
    let of = if pages.count() > 1 { format!(", page {page} of {}", pages.count()) } else { String::new() };
    draft.spans(vec![
        plain("Credentials for "),
        strong(printed(&words.model(model))),
        plain(format!(" ({}{of})", entries.len())),
    ]);
    let others =
        resolution.candidates.iter().filter(|other| other.model == **model && other.credential.profile().is_none());
    for other in others.filter(|_| *page == 1) {
        let is_next = pin.is_none() && resolution.next().is_some_and(|next| std::ptr::eq(next, other));
        let (name, state) = (words.credential(&other.credential), standing(&other.standing, is_next, words));
        draft.line(format!("  –  {name} – {state}"));
    }
    if entries.is_empty() {
        draft.line(format!("There is no profile of {}.", printed(model.provider.as_str())));
    }
    let first = places.start + 1;
    let mut buttons = Vec::with_capacity(places.len());
    for place in places {
        let (profile, name, state) = &entries[place];
        let number = u32::try_from(place + 1).unwrap_or(u32::MAX);
        let pinned = *pin == Some(profile);
        draft.spans(vec![
            plain(format!("{number:>3}. ")),
            code(name.as_str()),
            plain(marked(&format!(" – {state}"), pinned)),
        ]);
        let label = marked(&words.name(profile.as_str()), pinned);
        let button = MenuEntry::button(label, select(Some(&model.to_string()), Some(profile.as_str())));
        buttons.push(MenuEntry { number: Some(number), ..button.of(CREDENTIALS, pinned) });
    }
    if !entries.is_empty() {
        draft.blank().spans(vec![plain("Pin one by its number: "), code(format!("/model {first}")), plain(".")]);
    }
    draft.rows = buttons.chunks(PER_ROW).map(<[MenuEntry]>::to_vec).collect();
    draft.rows.extend(pages.turning(*page, to));
    let auto = select(Some(&model.to_string()), Some("auto"));
    draft.rows.push(vec![MenuEntry::button(marked("By the auth order", pin.is_none()), auto)]);
    draft.rows.push(vec![MenuEntry::button("◀ Models", page_with(model, words)), back(), MenuEntry::cancel()]);
    Ok(draft)
}

/// Each profile with its name and its state as they are printed, in the order they would be tried.
fn entries(list: &ProfileList<'_>, words: Words<'_>) -> Vec<(ProfileId, String, String)> {
    let ProfileList { model, page: _, pin, resolution, profiles } = list;
    let of_model = resolution.candidates.iter().filter(|candidate| candidate.model == **model);
    let tried = of_model.filter_map(|candidate| Some((candidate.credential.profile()?, candidate)));
    let mut entries: Vec<(ProfileId, String, String)> = tried
        .filter(|(id, _)| profiles.contains(id))
        .map(|(id, candidate)| {
            let is_next = pin.is_none() && resolution.next().is_some_and(|next| std::ptr::eq(next, candidate));
            let state = standing(&candidate.standing, is_next, words);
            (id.clone(), printed(&words.name(id.as_str())), printed(&state))
        })
        .collect();
    for id in profiles {
        if !entries.iter().any(|(listed, _, _)| listed == id) {
            entries.push((id.clone(), printed(&words.name(id.as_str())), "is not in the auth order".to_owned()));
        }
    }
    entries
}

/// What leads on from a choice that was made by a button, in the place of the menu it was on.
pub(crate) fn onward(model: &ModelRef, profiles: usize, words: Words<'_>) -> Vec<MenuEntry> {
    let mut row = Vec::new();
    if profiles > 0 {
        row.push(MenuEntry::button(format!("Credentials ({profiles})"), Directive::Profiles { page: None }));
    }
    row.push(MenuEntry::button("◀ Models", page_with(model, words)));
    row.push(MenuEntry::button("Undo", Directive::Undo));
    row
}
