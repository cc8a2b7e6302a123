//! `/model list`: what may be chosen, numbered and paged.

use crate::catalog::{ModelRef, ProviderId};
use crate::directive::{Directive, Typed};
use crate::menu::MenuEntry;
use crate::reply::picker::{marked, select};
use crate::reply::{Draft, Words, code, plain, strong};

/// Models on one page.
const PER_PAGE: usize = 20;
/// Buttons in one row: refs are long.
const PER_ROW: usize = 2;

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
/// A page that does not exist gives the number of the last one.
pub(crate) fn list(list: &List<'_>, words: Words<'_>) -> Result<Draft, u32> {
    let models: Vec<&ModelRef> = words
        .catalog
        .providers()
        .into_iter()
        .filter(|(provider, _)| list.provider.is_none_or(|wanted| wanted == *provider))
        .flat_map(|(_, models)| models)
        .collect();
    let pages = u32::try_from(models.len().div_ceil(PER_PAGE).max(1)).unwrap_or(u32::MAX);
    if list.page == 0 || list.page > pages {
        return Err(pages);
    }
    let first = (list.page as usize - 1) * PER_PAGE;
    let shown = &models[first..models.len().min(first + PER_PAGE)];

    let mut draft = Draft::default();
    let of = if pages > 1 { format!(", page {} of {pages}", list.page) } else { String::new() };
    let about = list.provider.map_or_else(|| "Models".to_owned(), |provider| format!("Models of {provider}"));
    draft.spans(vec![strong(format!("{about} ({}{of})", models.len()))]);
    let mut heading: Option<&ProviderId> = None;
    let mut entries = Vec::with_capacity(shown.len());
    for (offset, model) in shown.iter().enumerate() {
        if list.provider.is_none() && heading != Some(&model.provider) {
            heading = Some(&model.provider);
            draft.blank().line(model.provider.to_string());
        }
        let number = u32::try_from(first + offset + 1).unwrap_or(u32::MAX);
        let alias = words.catalog.alias_of(model).map(|alias| format!(" ({alias})")).unwrap_or_default();
        let chosen = *model == list.current;
        draft.spans(vec![plain(format!("{number:>3}. ")), code(model.to_string()), plain(marked(&alias, chosen))]);
        let label = marked(&model.to_string(), chosen);
        let entry = MenuEntry::button(label, select(Some(&model.to_string()), None));
        entries.push(MenuEntry { number: Some(number), ..entry });
    }
    draft.blank().spans(vec![plain("Choose by number: "), code(format!("/model {}", first + 1)), plain(".")]);
    draft.rows = entries.chunks(PER_ROW).map(<[MenuEntry]>::to_vec).collect();
    draft.rows.extend(turning(list, pages));
    draft.rows.extend(narrowing(list, words));
    Ok(draft)
}

/// To the pages before and after.
fn turning(list: &List<'_>, pages: u32) -> Option<Vec<MenuEntry>> {
    let to = |label: &str, page: u32| {
        let provider = list.provider.map(|provider| Typed::from(provider.as_str()));
        MenuEntry::button(label, Directive::List { provider, page: Some(page) })
    };
    let mut row = Vec::new();
    if list.page > 1 {
        row.push(to("◀ Page before", list.page - 1));
    }
    if list.page < pages {
        row.push(to("Next page ▶", list.page + 1));
    }
    (!row.is_empty()).then_some(row)
}

/// To the providers one by one, where there are several and none is singled out yet.
fn narrowing(list: &List<'_>, words: Words<'_>) -> Vec<Vec<MenuEntry>> {
    let providers = words.catalog.providers();
    if list.provider.is_some() || providers.len() < 2 {
        return Vec::new();
    }
    let entries: Vec<MenuEntry> = providers
        .iter()
        .map(|(provider, models)| {
            let directive = Directive::List { provider: Some(Typed::from(provider.as_str())), page: None };
            MenuEntry::button(format!("{provider} ({})", models.len()), directive)
        })
        .collect();
    entries.chunks(PER_ROW + 1).map(<[MenuEntry]>::to_vec).collect()
}
