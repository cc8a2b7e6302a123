//! One line when somebody else than last time answers, and one when it is the old one again.

use jiff::{SignedDuration, Timestamp};

use crate::provider::Failure;
use crate::receipt::Receipt;
use crate::reply::Words;
use crate::reply::class::happened;
use crate::reply::why::standing;
use crate::resolver::{Candidate, Resolution};

/// What a notice is measured against.
pub(crate) struct Before<'a> {
    /// The answer before, by anybody.
    pub(crate) last: Option<&'a Receipt>,
    /// When a person last changed what is chosen.
    pub(crate) chosen: Option<Timestamp>,
    /// Whether the choice was for this turn only.
    pub(crate) once: bool,
}

/// The notice for an answer by `by`, if one is due: a change that a person asked for needs none.
pub(crate) fn notice(
    before: &Before<'_>,
    by: &Candidate,
    failed: &[(Candidate, Failure)],
    resolution: &Resolution,
    words: Words<'_>,
) -> Option<String> {
    let Before { last, chosen, once } = before;
    let same = |receipt: &&Receipt| {
        receipt.model.as_deref() == Some(&by.model.to_string())
            && receipt.profile.as_deref() == Some(&by.credential.to_string())
    };
    if last.as_ref().is_some_and(same) {
        return None;
    }
    let who = format!("{} with {}", words.model(&by.model), words.credential(&by.credential));
    if let Some(why) = passed_over(by, failed, resolution, words) {
        return Some(format!("Note: {why}; answered by {who}."));
    }
    let last = last.filter(|last| !once && !last.once && chosen.is_none_or(|chosen| chosen < last.at))?;
    let other = last.profile.as_deref().map_or_else(|| "another".to_owned(), |profile| words.name(profile));
    Some(format!("Note: answered by {who} again, no longer by {other}."))
}

/// The first candidate that stood before `by` and did not answer, with the reason.
fn passed_over(
    by: &Candidate,
    failed: &[(Candidate, Failure)],
    resolution: &Resolution,
    words: Words<'_>,
) -> Option<String> {
    let is_by = |candidate: &Candidate| candidate.model == by.model && candidate.credential == by.credential;
    // Who failed first and then answered after all was waited for, and nobody was passed over.
    if let Some((candidate, failure)) = failed.first().filter(|(candidate, _)| !is_by(candidate)) {
        let what = words.credential(&candidate.credential);
        let until = failure.retry_after.and_then(|wait| SignedDuration::try_from(wait).ok());
        let until = until.and_then(|wait| words.now.checked_add(wait).ok());
        let until = until.map(|at| format!(" until {}", words.deadline(at))).unwrap_or_default();
        return Some(format!("{what} {}{until}", happened(failure.class)));
    }
    let before = resolution.candidates.iter().take_while(|candidate| !is_by(candidate));
    before
        .filter(|candidate| candidate.standing.free_at().is_some())
        .map(|candidate| {
            let standing = standing(&candidate.standing, false, words);
            format!("{}: {standing}", words.credential(&candidate.credential))
        })
        .next()
}
