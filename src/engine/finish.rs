//! After a turn: its receipt, the conversation, what the session keeps of it, and the reply.

use jiff::{Timestamp, ToSpan};
use modelpin_chat::{Block, Placement, Reply, Visibility};

use crate::engine::{Case, Engine, words};
use crate::history::{Role, Utterance};
use crate::meter;
use crate::provider::{Failure, Sent};
use crate::receipt::{Receipt, ReceiptAttempt};
use crate::reply::{Before, Draft, notes, nothing_sent, notice, turn_failed};
use crate::resolver::{Candidate, Resolution};
use crate::session::{AutoChoice, Selection, Source, Until};
use crate::store::CommitFault;
use crate::turn::{HISTORY_MESSAGES, Outcome, Turn, TurnEnd};

/// How long rotation's own choice is a hint at the most.
const HINT_HOURS: i64 = 24;

impl Engine {
    /// Writes down what happened, then says it. `once`: the turn had a selection of its own.
    pub(super) async fn finish(&self, case: &Case<'_>, turn: Turn<'_>, end: TurnEnd, started: Timestamp, once: bool) {
        let now = self.sources.now();
        let for_this_turn = once || passing_once(&turn);
        let receipt = receipt(&turn, &end, started, now, for_this_turn);
        let last = self.last_answer(&turn).await;
        meter::turn(&receipt, &turn.gathered.settings.catalog);
        let text = serde_json::to_string(&turn.gathered.readable(receipt.clone())).ok();
        // The receipt first: where it is there and the conversation too, a message that comes again is answered.
        let recorded = self.sources.store.record(receipt).await;
        if let Some(said) = said(&end.outcome) {
            self.remember(&turn, said, now).await;
            self.settle(&turn, &end, once, now).await;
        }
        let mut draft = draft(case, &turn, &end, last.as_ref(), for_this_turn);
        notes(&mut draft, &turn.gathered.trouble);
        if let Outcome::Answered(by, _) | Outcome::CutOff(by, ..) = &end.outcome {
            let note = self.budget_note(&turn.gathered, &by.credential.to_string()).await;
            notes(&mut draft, note.as_slice());
        }
        if let Err(fault) = recorded {
            tracing::warn!(session.key = %turn.gathered.session.key, %fault, "a receipt could not be kept");
            draft.line(format!("Note: the receipt of this answer could not be kept: {fault}"));
        }
        let session = turn.gathered.session.key.to_string();
        let reply = Reply {
            blocks: draft.blocks,
            choices: Vec::new(),
            visibility: Visibility::Chat,
            placement: Placement::InPlace,
            session,
            receipt: text,
        };
        if let Err(fault) = case.outbox.send(reply).await {
            tracing::warn!(session.key = %turn.gathered.session.key, %fault, "an answer was not delivered");
        }
    }

    async fn last_answer(&self, turn: &Turn<'_>) -> Option<Receipt> {
        let key = &turn.gathered.session.key;
        self.sources.store.last_answer(key).await.unwrap_or_else(|fault| {
            tracing::warn!(session.key = %key, %fault, "the last answer cannot be read");
            None
        })
    }

    async fn remember(&self, turn: &Turn<'_>, answer: &str, now: Timestamp) {
        let session = &turn.gathered.session;
        let said = vec![
            Utterance { role: Role::User, text: turn.text.clone(), at: now },
            Utterance { role: Role::Assistant, text: answer.to_owned(), at: now },
        ];
        let kept = self.sources.store.append(&session.key, session.conversation, said, HISTORY_MESSAGES).await;
        if let Err(fault) = kept {
            tracing::warn!(session.key = %session.key, %fault, "the conversation could not be kept");
        }
    }

    /// Uses up a selection for one turn, and keeps the credential that rotation settled on as a hint.
    async fn settle(&self, turn: &Turn<'_>, end: &TurnEnd, once: bool, now: Timestamp) {
        let used = if once { None } else { turn.selection.as_ref() };
        for _ in 0..3 {
            let key = &turn.gathered.session.key;
            let stored = match self.sources.store.load(key).await {
                Ok(stored) => stored.unwrap_or_else(|| turn.gathered.session.clone()),
                Err(_) => return,
            };
            // A conversation that was begun meanwhile inherits nothing from the one before.
            let begun_anew = stored.conversation != turn.gathered.session.conversation;
            let hint = if once || begun_anew { stored.auto.clone() } else { hint(stored.auto.as_ref(), end, now) };
            let settled = stored.answered(used, hint, now);
            if (&settled.choice, &settled.auto) == (&stored.choice, &stored.auto) {
                return;
            }
            match self.sources.store.commit(settled).await {
                Ok(_) => return,
                Err(CommitFault::Conflict(_)) => {}
                Err(CommitFault::Store(fault)) => {
                    tracing::warn!(session.key = %key, %fault, "what follows from an answer could not be kept");
                    return;
                }
            }
        }
    }
}

/// Whether the selection of the turn holds for one turn only.
fn passing_once(turn: &Turn<'_>) -> bool {
    turn.selection.as_ref().is_some_and(|selection| selection.until == Until::NextTurn)
}

/// The text that the model said, as far as it was shown.
fn said(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Answered(_, answer) => Some(&answer.text),
        Outcome::CutOff(_, shown, _) if !shown.is_empty() => Some(shown),
        Outcome::CutOff(..) | Outcome::Silent => None,
    }
}

/// The credential that answered, unless a person pinned it, or it is the hint already.
fn hint(present: Option<&AutoChoice>, end: &TurnEnd, now: Timestamp) -> Option<AutoChoice> {
    let (Outcome::Answered(by, _) | Outcome::CutOff(by, _, _)) = &end.outcome else { return present.cloned() };
    let profile = by.credential.profile().filter(|_| end.resolution.pin.is_none())?;
    if end.resolution.model() != Some(&by.model) {
        return present.cloned();
    }
    let basis = end.resolution.basis;
    if let Some(same) = present.filter(|hint| hint.profile == *profile && hint.basis == basis && now < hint.until) {
        return Some(same.clone());
    }
    Some(AutoChoice {
        profile: profile.clone(),
        reason: "answered last".to_owned(),
        basis,
        since: now,
        until: now.checked_add(HINT_HOURS.hours()).unwrap_or(now),
    })
}

fn receipt(turn: &Turn<'_>, end: &TurnEnd, started: Timestamp, now: Timestamp, once: bool) -> Receipt {
    let TurnEnd { resolution, failed, outcome } = end;
    let (by, sent, outcome_word): (Option<&Candidate>, Option<&Sent>, String) = match outcome {
        Outcome::Answered(by, answer) => (Some(by), Some(&answer.sent), "ok".to_owned()),
        Outcome::CutOff(by, _, None) => (Some(by), None, "stopped".to_owned()),
        Outcome::CutOff(by, _, Some(failure)) => (Some(by), failure.sent.as_ref(), failure.class.to_string()),
        Outcome::Silent => match failed.last() {
            Some((by, failure)) => (Some(by), failure.sent.as_ref(), failure.class.to_string()),
            None => (None, None, "nothing_sent".to_owned()),
        },
    };
    let (tokens_in, tokens_out) = match outcome {
        Outcome::Answered(_, answer) => (answer.tokens_in, answer.tokens_out),
        Outcome::CutOff(..) | Outcome::Silent => (None, None),
    };
    let fingerprint = match (sent, outcome) {
        (Some(sent), _) => sent.fingerprint.clone(),
        // A stopped request was on its way with the credential of its candidate.
        (None, Outcome::CutOff(by, _, None)) => by.fingerprint.clone(),
        (None, _) => None,
    };
    let source = turn.selection.as_ref().map_or(Source::Auto, |selection| selection.source);
    Receipt {
        at: now,
        session: turn.gathered.session.key.clone(),
        actor: turn.actor.clone(),
        event: turn.event.clone(),
        model: by.map(|by| by.model.to_string()),
        profile: by.map(|by| by.credential.to_string()),
        fingerprint: fingerprint.map(|fingerprint| fingerprint.to_string()),
        source,
        once,
        reason: reason(turn.selection.as_ref(), resolution, by, failed),
        class: by.and_then(|by| by.billing),
        attempts: attempts(resolution, failed, by),
        requests: turn.requests.clone(),
        tokens_in,
        tokens_out,
        latency_ms: u64::try_from(now.duration_since(started).as_millis()).unwrap_or(0),
        outcome: outcome_word,
    }
}

fn reason(
    selection: Option<&Selection>,
    resolution: &Resolution,
    by: Option<&Candidate>,
    failed: &[(Candidate, Failure)],
) -> String {
    if resolution.pin.is_some() {
        return "pinned".to_owned();
    }
    let model = match selection.and_then(|selection| selection.model.as_ref()) {
        Some(_) => "model chosen",
        None => "default model",
    };
    let first = resolution.model();
    match by {
        Some(by) if first.is_some_and(|first| *first != by.model) => format!("{model}, fallback model"),
        // Who failed first and answered after a wait is not another one.
        Some(by) if failed.first().is_some_and(|(first, _)| first.credential != by.credential) => {
            format!("{model}, rotation")
        }
        Some(_) | None => format!("{model}, auth order"),
    }
}

/// Candidates that stood before the one that answered, and those that failed.
fn attempts(resolution: &Resolution, failed: &[(Candidate, Failure)], by: Option<&Candidate>) -> Vec<ReceiptAttempt> {
    let is = |a: &Candidate, b: &Candidate| a.model == b.model && a.credential == b.credential;
    let mut attempts: Vec<ReceiptAttempt> = failed
        .iter()
        .map(|(candidate, failure)| attempt(candidate, format!("{}: {}", failure.class, failure.detail)))
        .collect();
    // What has to wait is sorted behind what is ready, so it was passed over wherever it stands; what is unusable for
    // good only counts where it stood before the one that answered.
    let mut before = true;
    for candidate in &resolution.candidates {
        before &= by.is_none_or(|by| !is(by, candidate));
        let of_this_model = by.is_none_or(|by| by.model == candidate.model);
        let waits = of_this_model && candidate.standing.free_at().is_some();
        let tried = failed.iter().any(|(tried, _)| is(tried, candidate));
        if (before || waits)
            && !tried
            && let Some(why) = candidate.standing.obstacle()
        {
            attempts.push(attempt(candidate, why));
        }
    }
    attempts
}

fn attempt(candidate: &Candidate, why: String) -> ReceiptAttempt {
    ReceiptAttempt { model: candidate.model.to_string(), profile: candidate.credential.to_string(), why }
}

fn draft(case: &Case<'_>, turn: &Turn<'_>, end: &TurnEnd, last: Option<&Receipt>, once: bool) -> Draft {
    let words = words(&turn.gathered, case.inbound);
    let TurnEnd { resolution, failed, outcome } = end;
    let chosen = turn.selection.as_ref().and_then(|selection| selection.model.as_ref());
    let model = chosen.unwrap_or(words.catalog.default_model());
    let mut draft = Draft::default();
    // Below the text: it has been streamed already, and what stands above it cannot be changed any more.
    let notice_of = |draft: &mut Draft, by: &Candidate| {
        let last = turn.gathered.comparable(last);
        let before = Before { last, chosen: turn.gathered.chosen(), once };
        if let Some(line) = notice(&before, by, failed, resolution, words) {
            draft.blank().line(line);
        }
    };
    match outcome {
        Outcome::Answered(by, answer) => {
            draft.blocks.push(Block::Markdown(answer.text.clone()));
            notice_of(&mut draft, by);
        }
        Outcome::CutOff(by, shown, failure) => {
            draft.blocks.push(Block::Markdown(shown.clone()));
            draft.blank().line(match failure {
                None => "(stopped)".to_owned(),
                Some(failure) => format!("(cut off: {failure})"),
            });
            notice_of(&mut draft, by);
        }
        Outcome::Silent if failed.is_empty() => draft = nothing_sent(model, resolution, words),
        Outcome::Silent => draft = turn_failed(resolution, failed, words),
    }
    draft
}
