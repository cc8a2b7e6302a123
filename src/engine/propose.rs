//! Which models come nearest to what has been typed so far.

use crate::catalog::ModelRef;

/// What a platform shows of a label, in characters.
const LABEL: usize = 100;

/// How alike a name must be to be proposed where nothing holds what was typed.
const ALIKE: f64 = 0.55;

/// Longer input is nobody's slip of the finger.
const LONGEST: usize = 64;

/// A model that could be meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proposal<'a> {
    /// The alias it is proposed by.
    pub(super) name: Option<&'a str>,
    /// The model.
    pub(super) full: &'a ModelRef,
    /// Among those that match alike, the lower comes first.
    pub(super) order: usize,
}

/// Those that match, best first: what begins an alias, what begins the id of a model, what is within a name; and where
/// there is nothing of that, what resembles it. `typed` is in lower case.
pub(super) fn best<'a>(all: &[Proposal<'a>], typed: &str) -> Vec<Proposal<'a>> {
    let mut ranked: Vec<(u8, Proposal<'a>)> = Vec::new();
    for proposal in all {
        if let Some(rank) = rank(proposal, typed) {
            ranked.push((rank, *proposal));
        }
    }
    if ranked.is_empty() && typed.chars().count() <= LONGEST {
        return alike(all, typed);
    }
    ranked.sort_by_key(|(rank, proposal)| (*rank, proposal.order));
    ranked.into_iter().map(|(_, proposal)| proposal).collect()
}

fn rank(proposal: &Proposal<'_>, typed: &str) -> Option<u8> {
    let alias = proposal.name.map(str::to_lowercase).unwrap_or_default();
    let full = proposal.full.to_string().to_lowercase();
    let id = full.get(proposal.full.provider.as_str().len() + 1..).unwrap_or_default();
    if proposal.name.is_some() && alias.starts_with(typed) {
        Some(0)
    } else if id.starts_with(typed) || full.starts_with(typed) {
        Some(1)
    } else if full.contains(typed) || alias.contains(typed) {
        Some(2)
    } else {
        None
    }
}

fn alike<'a>(all: &[Proposal<'a>], typed: &str) -> Vec<Proposal<'a>> {
    let mut scored: Vec<(f64, Proposal<'a>)> = Vec::new();
    for proposal in all {
        let id = proposal.full.model.as_str().to_lowercase();
        let names = [proposal.name.map(str::to_lowercase), Some(id)];
        let score = names.iter().flatten().map(|name| strsim::normalized_damerau_levenshtein(typed, name));
        let score = score.fold(0.0, f64::max);
        if score >= ALIKE {
            scored.push((score, *proposal));
        }
    }
    scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    scored.into_iter().map(|(_, proposal)| proposal).collect()
}

/// A label, no longer than a platform shows it.
pub(super) fn labelled(label: &str) -> String {
    if label.chars().count() <= LABEL {
        return label.to_owned();
    }
    label.chars().take(LABEL - 1).chain(['…']).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{LABEL, Proposal, best, labelled};
    use crate::catalog::ModelRef;

    #[test]
    fn an_alias_comes_before_an_id_and_that_before_what_is_within() {
        let refs = ["a/opus-mini", "b/x-opus", "c/other", "d/thing"].map(|name| name.parse::<ModelRef>().unwrap());
        let proposal = |name, at: usize| Proposal { name, full: &refs[at], order: 0 };
        let all = || vec![proposal(None, 1), proposal(None, 0), proposal(Some("Opus"), 2), proposal(None, 3)];
        let found = |typed: &str| -> Vec<String> {
            best(&all(), typed).into_iter().map(|proposal| proposal.full.to_string()).collect()
        };
        assert_eq!(found("opus"), ["c/other", "a/opus-mini", "b/x-opus"]);
        assert_eq!(found("d/"), ["d/thing"]);
        assert_eq!(found("thnig"), ["d/thing"], "a slip of the finger");
        assert!(found("zzzzzzzz").is_empty());
        assert_eq!(found("").len(), 4);
    }

    #[test]
    fn a_label_is_cut_where_a_platform_cuts_it() {
        assert_eq!(labelled("short"), "short");
        assert_eq!(labelled(&"é".repeat(LABEL + 1)).chars().count(), LABEL);
    }
}
