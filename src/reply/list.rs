//! `/model list`: what may be chosen, numbered and paged.

use crate::catalog::{ModelRef, ProviderId};
use crate::directive::{Directive, Typed};
use crate::menu::{self, MODELS, MenuEntry};
use crate::reply::paging::{Pages, length, printed};
use crate::reply::picker::{back, marked, select};
use crate::reply::{Draft, Words, code, plain, strong};

/// Buttons in one row: refs are long.
const PER_ROW: usize = 2;
/// Providers that are singled out by buttons. A platform shows a hundred buttons at the most; the models of the others
/// are on the pages all the same.
const PROVIDERS: usize = 60;

/// Which part of the list is shown.
pub(crate) struct List<'a> {
    /// Only that provider.
    pub(crate) provider: Option<&'a ProviderId>,
    /// From 1.
    pub(crate) page: u32,
    /// The model in effect.
    pub(crate) current: &'a ModelRef,
}

/// One page of the list. Its numbers are those of the whole list, so that they do not change from page to page.
///
/// # Errors
/// A page that does not exist gives what shows the last one.
pub(crate) fn list(list: &List<'_>, words: Words<'_>) -> Result<Draft, Directive> {
    let models = models(list.provider, words);
    let pages = pages(&models, list.provider, words);
    let Some(places) = pages.get(list.page) else { return Err(page(list.provider, pages.count())) };

    let mut draft = Draft::default();
    let of = if pages.count() > 1 { format!(", page {} of {}", list.page, pages.count()) } else { String::new() };
    let about = list
        .provider
        .map_or_else(|| "Models".to_owned(), |provider| format!("Models of {}", printed(provider.as_str())));
    draft.spans(vec![strong(format!("{about} ({}{of})", models.len()))]);
    let mut heading: Option<&ProviderId> = None;
    let mut entries = Vec::with_capacity(places.len());
    let first = places.start + 1;
    for place in places {
        let model = models[place];
        if list.provider.is_none() && heading != Some(&model.provider) {
            heading = Some(&model.provider);
            let of_provider = models.iter().filter(|other| other.provider == model.provider).count();
            draft.blank().line(format!("{} ({of_provider})", printed(model.provider.as_str())));
        }
        let number = u32::try_from(place + 1).unwrap_or(u32::MAX);
        let chosen = model == list.current;
        let alias = alias(model, words);
        draft.spans(vec![
            plain(format!("{number:>3}. ")),
            code(printed(&model.to_string())),
            plain(marked(&alias, chosen)),
        ]);
        let entry = MenuEntry::button(marked(&model.to_string(), chosen), select(Some(&model.to_string()), None));
        entries.push(MenuEntry { number: Some(number), ..entry.of(MODELS, chosen) });
    }
    draft.blank().spans(vec![plain("Choose by number: "), code(format!("/model {first}")), plain(".")]);
    draft.rows = entries.chunks(PER_ROW).map(<[MenuEntry]>::to_vec).collect();
    draft.rows.extend(pages.turning(list.page, |number| page(list.provider, number)));
    draft.rows.extend(narrowing(list, words));
    draft.rows.push(leaving(list, words));
    Ok(draft)
}

/// The page of its provider's list on which `model` is; the first one where it is on none.
pub(crate) fn page_with(model: &ModelRef, words: Words<'_>) -> Directive {
    let models = models(Some(&model.provider), words);
    if models.is_empty() {
        return Directive::List { provider: None, page: None };
    }
    let place = models.iter().position(|listed| *listed == model).unwrap_or_default();
    page(Some(&model.provider), pages(&models, Some(&model.provider), words).page_of(place))
}

fn page(provider: Option<&ProviderId>, page: u32) -> Directive {
    Directive::List { provider: provider.map(|provider| Typed::from(provider.as_str())), page: Some(page) }
}

fn models<'a>(provider: Option<&ProviderId>, words: Words<'a>) -> Vec<&'a ModelRef> {
    let providers = words.catalog.providers().into_iter();
    let wanted = providers.filter(|(listed, _)| provider.is_none_or(|wanted| wanted == *listed));
    wanted.flat_map(|(_, models)| models).collect()
}

fn pages(models: &[&ModelRef], provider: Option<&ProviderId>, words: Words<'_>) -> Pages {
    Pages::of(models.iter().map(|model| {
        // The number, its point, the mark and the end of the line; and the provider, which any entry may be headed by.
        let heading = if provider.is_none() { length(&printed(model.provider.as_str())) + 12 } else { 0 };
        length(&printed(&model.to_string())) + length(&alias(model, words)) + heading + 10
    }))
}

fn alias(model: &ModelRef, words: Words<'_>) -> String {
    words.catalog.alias_of(model).map(|alias| format!(" ({})", printed(alias.as_str()))).unwrap_or_default()
}

/// To the providers one by one, where there are several and none is singled out yet.
fn narrowing(list: &List<'_>, words: Words<'_>) -> Vec<Vec<MenuEntry>> {
    let providers = words.catalog.providers();
    if list.provider.is_some() || providers.len() < 2 {
        return Vec::new();
    }
    let entries: Vec<MenuEntry> = providers
        .iter()
        .take(PROVIDERS)
        .map(|(provider, models)| {
            let directive = Directive::List { provider: Some(Typed::from(provider.as_str())), page: None };
            let label = format!("{provider} ({})", models.len());
            let current = list.current.provider == **provider;
            MenuEntry::button(marked(&label, current), directive).of(menu::PROVIDERS, current)
        })
        .collect();
    entries.chunks(PER_ROW + 1).map(<[MenuEntry]>::to_vec).collect()
}

/// The way back to where the list was come to from.
fn leaving(list: &List<'_>, words: Words<'_>) -> Vec<MenuEntry> {
    let mut row = Vec::new();
    if list.provider.is_some() && words.catalog.providers().len() > 1 {
        row.push(MenuEntry::button("◀ All providers", Directive::List { provider: None, page: None }));
    }
    row.push(back());
    row.push(MenuEntry::cancel());
    row
}
