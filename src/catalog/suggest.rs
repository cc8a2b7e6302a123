//! Names that come near to one that means nothing. They are offered, never applied.

use indexmap::IndexMap;

use crate::catalog::{Catalog, ModelRef, fold};
use crate::profile::ProfileId;

/// As many as fit under a message without drowning it.
const MOST: usize = 5;

/// How alike two names must be, 0 to 1, for one to be offered for the other.
const ALIKE: f64 = 0.55;

/// Longer input is nobody's slip of the finger, and comparing it would take time.
const LONGEST: usize = 128;

/// The names of models that come nearest to `target`, the nearest first, one for each model.
pub(crate) fn models(catalog: &Catalog, target: &str) -> Vec<String> {
    scored_models(catalog, target).into_iter().map(|(_, name)| name).collect()
}

/// Which of several ways to cut a token comes nearest to a model, with the names it comes near to.
pub(crate) fn likeliest<'a>(catalog: &Catalog, cuts: impl Iterator<Item = &'a str>) -> Option<(&'a str, Vec<String>)> {
    let mut best: Option<(&str, f64, Vec<String>)> = None;
    for cut in cuts {
        let scored = scored_models(catalog, cut);
        let Some((score, _)) = scored.first() else { continue };
        if best.as_ref().is_none_or(|(_, high, _)| score > high) {
            best = Some((cut, *score, scored.into_iter().map(|(_, name)| name).collect()));
        }
    }
    best.map(|(cut, _, names)| (cut, names))
}

fn scored_models(catalog: &Catalog, target: &str) -> Vec<(f64, String)> {
    let wanted = fold::fold(target.trim());
    // A known spelling of the provider is put right first, so that `z.ai/glm` comes near `zai/glm-4.7`.
    let canonical = target.parse::<ModelRef>().map(|model| fold::fold(&model.to_string()));
    let score = |name: &str| {
        let name = fold::fold(name);
        let spelled = canonical.as_ref().map_or(0.0, |canonical| likeness(canonical, &name));
        likeness(&wanted, &name).max(spelled)
    };
    // In listed order, so that of names equally near the one that was listed first is offered first.
    let mut best: IndexMap<&ModelRef, (f64, String)> = IndexMap::new();
    for (_, listed) in catalog.providers() {
        for model in listed {
            let full = model.to_string();
            // A full name that was taken for a bare one differs by the provider, which is no likeness lost.
            best.insert(model, (score(&full).max(score(model.model.as_str()) - 0.01), full));
        }
    }
    for (alias, model) in catalog.aliases() {
        let likely = score(alias.as_str());
        if let Some(entry) = best.get_mut(model)
            && catalog.alias_of(model) == Some(alias)
            && likely >= entry.0
        {
            *entry = (likely, alias.to_string());
        }
    }
    nearest(best.into_values())
}

/// The ids of `known` that come nearest to `name`, or to the part of an id that follows the provider.
pub fn profiles(name: &str, known: &[ProfileId]) -> Vec<ProfileId> {
    let wanted = fold::fold(name.trim());
    let wanted_tail = wanted.split_once(':').map_or(wanted.as_str(), |(_, tail)| tail);
    let scored = known.iter().map(|id| {
        let folded = fold::fold(id.as_str());
        let tail = folded.split_once(':').map_or(folded.as_str(), |(_, tail)| tail);
        (likeness(&wanted, &folded).max(likeness(wanted_tail, tail)), id.to_string())
    });
    nearest(scored).into_iter().filter_map(|(_, id)| ProfileId::new(&id)).collect()
}

/// Whether `typed` looks like one of `known` with a slip of the finger, and not like another version of it.
///
/// Digits and punctuation are what versions differ in, so only the letters are compared: `gpt-5.5` beside `gpt-5.4` is a
/// new model, `gtp-5.4` is a slip.
pub(crate) fn is_slip<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> bool {
    if typed.len() > LONGEST {
        return false;
    }
    let typed = letters(typed);
    let mut slip = false;
    for name in known {
        let name = letters(name);
        if name == typed {
            return false;
        }
        let distance = strsim::osa_distance(&typed, &name);
        slip |= distance <= 2 && distance * 3 <= typed.chars().count();
    }
    slip
}

fn letters(name: &str) -> String {
    fold::fold(name).chars().filter(|character| character.is_alphabetic()).collect()
}

/// How alike two folded names are, 0 to 1. A part of a name is nearer to the whole than its length says.
fn likeness(wanted: &str, name: &str) -> f64 {
    if wanted.is_empty() || wanted.len() > LONGEST {
        return 0.0;
    }
    let edits = strsim::normalized_damerau_levenshtein(wanted, name);
    let (short, long) = if wanted.len() <= name.len() { (wanted, name) } else { (name, wanted) };
    let share = ratio(short.len(), long.len());
    let part = if short.chars().count() < 3 {
        0.0
    } else if long.starts_with(short) {
        0.8 + 0.2 * share
    } else if long.contains(short) {
        0.7 + 0.2 * share
    } else {
        0.0
    };
    edits.max(part)
}

#[expect(clippy::cast_precision_loss, reason = "lengths of names: far below 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

fn nearest(scored: impl Iterator<Item = (f64, String)>) -> Vec<(f64, String)> {
    let mut near: Vec<(f64, String)> = scored.filter(|(score, _)| *score >= ALIKE).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.truncate(MOST);
    near
}
