//! `/model why`: how the present choice came about, candidate by candidate.

use crate::catalog::ModelRef;
use crate::health::Bench;
use crate::reply::{Draft, Words, class, plain, strong};
use crate::resolver::{Candidate, Resolution, Standing};
use crate::session::Selection;

/// The story of the present choice.
pub(crate) fn why(
    selection: Option<&Selection>,
    inherited: bool,
    default: &ModelRef,
    resolution: &Resolution,
    words: Words<'_>,
) -> Draft {
    let mut draft = Draft::default();
    let model = selection.and_then(|selection| selection.model.as_ref());
    let chosen = selection.map_or_else(String::new, |selection| {
        let here = if inherited { "in the chat above" } else { "here" };
        format!("{} chose it {here}, {}", words.actor(&selection.by), words.time(selection.since))
    });
    if let Some(model) = model {
        draft.spans(vec![plain("Model: "), strong(words.model(model)), plain(format!(" – {chosen}."))]);
    } else {
        let reason = " – nobody chose one, so the configured default counts.";
        draft.spans(vec![plain("Model: "), strong(words.model(default)), plain(reason)]);
    }
    match &resolution.pin {
        Some(pin) => {
            draft.line(format!("Credential: {} is pinned, so no other is tried.", words.name(pin.as_str())));
        }
        None => {
            draft.line("Credential: nobody pinned one, so the first usable one of the auth order answers.");
        }
    }
    if resolution.pin.is_none() && resolution.chosen_model {
        draft.line("Other models: none, because this one was chosen by a person.");
    }
    draft.blank().line("Candidates, in the order they are tried:");
    let next = resolution.next();
    for (index, candidate) in resolution.candidates.iter().enumerate() {
        let is_next = next.is_some_and(|next| std::ptr::eq(next, candidate));
        draft.line(format!("{:>3}. {}", index + 1, describe(candidate, is_next, words)));
    }
    if resolution.candidates.is_empty() {
        let provider = &model.unwrap_or(default).provider;
        draft.line(format!("  none: there is no credential for {provider}."));
        draft.line(format!("  An operator adds one with `modelpin models auth add --provider {provider}`."));
    }
    draft
}

/// A candidate in one line.
pub(crate) fn describe(candidate: &Candidate, is_next: bool, words: Words<'_>) -> String {
    let standing = standing(&candidate.standing, is_next, words);
    format!("{} with {} – {standing}", candidate.model, words.credential(&candidate.credential))
}

/// The standing of a candidate in a few words.
pub(crate) fn standing(standing: &Standing, is_next: bool, words: Words<'_>) -> String {
    match standing {
        Standing::Ready if is_next => "next".to_owned(),
        Standing::Ready => "ready".to_owned(),
        Standing::Probe(bench) => format!("next, one try although {}", bench_words(bench, words)),
        Standing::Benched(bench) => bench_words(bench, words),
        Standing::NotedElsewhere(until) => {
            format!("cooling down until {} (noted by another program)", words.until(*until))
        }
        Standing::Unusable(why) => why.clone(),
    }
}

/// Why and until when something is benched.
pub(crate) fn bench_words(bench: &Bench, words: Words<'_>) -> String {
    let what = class::benched(bench.class);
    match bench.until {
        Some(until) => format!("{what}, until {}", words.until(until)),
        None => format!("{what}, until its secret is replaced"),
    }
}
