//! When the world broke: what happened, to what, and the ways out.

use jiff::Timestamp;

use crate::provider::Failure;
use crate::reply::why::describe;
use crate::reply::{Draft, Words, code, plain};
use crate::resolver::{Candidate, Resolution, Standing};
use crate::store::StoreFault;

/// No candidate could be used, so nothing was sent.
pub(crate) fn nothing_sent(resolution: &Resolution, words: Words<'_>) -> Draft {
    let mut draft = Draft::default();
    match (&resolution.pin, resolution.candidates.first()) {
        (Some(pin), Some(candidate)) => {
            let why = match &candidate.standing {
                Standing::Ready | Standing::Probe(_) => "not usable".to_owned(),
                other => crate::reply::why::standing(other, false, words),
            };
            draft.line(format!("Nothing was sent. This chat is pinned to {}: {why}.", words.name(pin.as_str())));
        }
        (None, Some(_)) => {
            draft.line("Nothing was sent. No credential can be used now:");
            for candidate in &resolution.candidates {
                draft.line(format!("  {}", describe(candidate, false, words)));
            }
        }
        (_, None) => {
            draft.line("Nothing was sent. There is no credential for the chosen model.");
            draft.spans(vec![plain("An operator adds one with "), code("modelpin models auth add"), plain(".")]);
        }
    }
    ways_out(&mut draft, resolution, resolution.first_free(), words);
    draft
}

/// Every candidate that could be tried was tried, and failed.
pub(crate) fn turn_failed(
    resolution: &Resolution,
    failed: &[(Candidate, Failure)],
    free: Option<Timestamp>,
    words: Words<'_>,
) -> Draft {
    let mut draft = Draft::default();
    match failed {
        [(candidate, failure)] => {
            let with = words.credential(&candidate.credential);
            draft.line(format!("No answer: {} with {with} failed ({}).", words.model(&candidate.model), failure.class));
            draft.line(format!("The provider says: {}", failure.detail));
        }
        several => {
            draft.line("No answer. Each candidate was tried once:");
            for (candidate, failure) in several {
                let with = words.credential(&candidate.credential);
                draft.line(format!("  {} with {with} – {}: {}", candidate.model, failure.class, failure.detail));
            }
        }
    }
    ways_out(&mut draft, resolution, free, words);
    draft
}

/// The change could not be made durable, so it was not made.
pub(crate) fn store_fault(fault: &StoreFault) -> Draft {
    let mut draft = Draft::default();
    draft.line(format!("Not saved, so nothing was changed: {fault}."));
    draft.line(match fault {
        StoreFault::ReadOnly { .. } => "An operator has to make the state directory writable; reading still works.",
        StoreFault::Full { .. } => "An operator has to make room on the disk; then type the command again.",
        StoreFault::TooNew { .. } => "An operator has to update modelpin.",
        StoreFault::Broken { .. } => "Type the command again; if it stays like this, tell an operator.",
    });
    draft
}

/// Things that people should know although the command worked.
pub(crate) fn notes(draft: &mut Draft, notes: &[String]) {
    for note in notes {
        draft.line(format!("Note: {note}"));
    }
}

fn ways_out(draft: &mut Draft, resolution: &Resolution, free: Option<Timestamp>, words: Words<'_>) {
    if let Some(at) = free {
        draft.line(format!("The first comes free at {}.", words.until(at)));
    }
    draft.spans(match resolution.pin {
        Some(_) => vec![
            code("/model @auto"),
            plain(" leaves the credential to the auth order, "),
            code("/model default"),
            plain(" drops model and credential, "),
            code("/model status"),
            plain(" shows what else there is."),
        ],
        None => {
            vec![code("/model list"), plain(" shows other models, "), code("/model why"), plain(" the whole story.")]
        }
    });
}
