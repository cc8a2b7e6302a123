//! When nobody answered: what happened, to what, and the ways out.

use crate::catalog::ModelRef;
use crate::provider::Failure;
use crate::reply::class::happened;
use crate::reply::why::{describe, standing};
use crate::reply::{Draft, Words, code, plain};
use crate::resolver::{Candidate, Resolution};

/// No candidate could be used, so nothing was sent.
pub(crate) fn nothing_sent(model: &ModelRef, resolution: &Resolution, words: Words<'_>) -> Draft {
    let mut draft = Draft::default();
    match (&resolution.pin, resolution.candidates.first()) {
        (Some(pin), Some(candidate)) => {
            draft.line(format!("Nothing was sent: this chat is pinned to {}.", words.name(pin.as_str())));
            draft.line(format!("Its state: {}.", standing(&candidate.standing, false, words)));
        }
        (None, Some(_)) => {
            draft.line("Nothing was sent: no credential can be used now.");
            for candidate in &resolution.candidates {
                draft.line(format!("  {}", describe(candidate, false, words)));
            }
            free(&mut draft, resolution, words);
        }
        (_, None) => {
            draft.line(format!("Nothing was sent: there is no credential for {}.", words.model(model)));
            let add = format!("modelpin models auth add --provider {}", model.provider);
            draft.spans(vec![plain("An operator adds one with "), code(add), plain(".")]);
        }
    }
    ways_out(&mut draft, resolution);
    draft
}

/// Every candidate that could be tried was tried, and failed.
pub(crate) fn turn_failed(resolution: &Resolution, failed: &[(Candidate, Failure)], words: Words<'_>) -> Draft {
    let mut draft = Draft::default();
    if let [(candidate, failure)] = failed {
        let with = words.credential(&candidate.credential);
        draft.line(format!("No answer: {with} {}.", happened(failure.class)));
        draft.line(format!("Model: {}", words.model(&candidate.model)));
        draft.line(format!("The provider says: {}", failure.detail));
    } else {
        draft.line("No answer. These were tried, in this order:");
        for (candidate, failure) in failed {
            let with = words.credential(&candidate.credential);
            draft.line(format!("  {with} on {} {}", candidate.model, happened(failure.class)));
            draft.line(format!("    {}", failure.detail));
        }
    }
    free(&mut draft, resolution, words);
    ways_out(&mut draft, resolution);
    draft
}

/// The state could not be read or written: what was therefore `undone`, why, and what somebody has to do `next`.
pub(crate) fn world_broke(undone: &str, why: &str, next: &str) -> Draft {
    let mut draft = Draft::default();
    draft.line(format!("{undone}: {why}.")).line(next);
    draft
}

/// Things that people should know although the command worked.
pub(crate) fn notes(draft: &mut Draft, notes: &[String]) {
    for note in notes {
        draft.line(format!("Note: {note}"));
    }
}

fn free(draft: &mut Draft, resolution: &Resolution, words: Words<'_>) {
    if let Some(at) = resolution.first_free().filter(|at| *at > words.now) {
        let what = if resolution.candidates.len() == 1 { "It" } else { "The first" };
        draft.line(format!("{what} comes free at {}.", words.until(at)));
    }
}

fn ways_out(draft: &mut Draft, resolution: &Resolution) {
    let ways: &[(&str, &str)] = if resolution.pin.is_some() {
        &[
            ("/model @auto", "leave the credential to the auth order"),
            ("/model default", "drop model and credential"),
            ("/model status", "see what else there is"),
        ]
    } else {
        &[("/model list", "see other models"), ("/model why", "see the whole story")]
    };
    draft.line("What you can do:");
    for (command, effect) in ways {
        draft.spans(vec![plain("  "), code(*command), plain(format!(" – {effect}"))]);
    }
}
