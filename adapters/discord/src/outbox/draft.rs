//! An answer that can be watched while it is written.

use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use modelpin_chat::{OutboxError, Placement, Visibility};
use tokio::sync::Notify;

use crate::api::{Code, Fault};
use crate::outbound::{self, Message};
use crate::outbox::answer::Answer;
use crate::outbox::place::Place;
use crate::outbox::{Talk, refused};
use crate::way::InteractionKind;

/// The least time between two edits. What people can follow, and what Discord takes.
const PACE: Duration = Duration::from_millis(1_100);

/// How soon it is looked again whether there is room.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// How long one edit may take: a reply that is ready waits behind it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is written so far, and what of it is shown.
#[derive(Default)]
pub(super) struct Draft {
    state: Mutex<Sketch>,
    grown: Notify,
}

#[derive(Default)]
struct Sketch {
    /// The whole text so far; `None` when all of it is shown, or a reply has come.
    text: Option<String>,
    /// The messages that it makes.
    writing: outbound::Draft,
    shown: Vec<Shown>,
    /// No more is shown before the answer is complete.
    given_up: bool,
    /// Discord takes nothing in this channel.
    refused: Option<OutboxError>,
}

/// A message with a piece of the draft.
#[derive(Clone)]
pub(super) struct Shown {
    pub(super) place: Place,
    pub(super) piece: Message,
}

/// A message that does not show what it should.
struct Behind {
    number: usize,
    piece: Message,
    /// Where the piece is shown as it was before, if it is.
    place: Option<Place>,
}

impl Draft {
    /// Notes the text to be shown when there is room.
    pub(super) fn show(&self, text: &str) -> Result<(), OutboxError> {
        let mut sketch = self.locked();
        if let Some(why) = &sketch.refused {
            return Err(why.clone());
        }
        sketch.text = Some(text.to_owned());
        drop(sketch);
        self.grown.notify_one();
        Ok(())
    }

    /// Whether something of it can be seen.
    pub(super) fn is_shown(&self) -> bool {
        !self.locked().shown.is_empty()
    }

    /// Takes the messages that show the draft: a reply comes in their place, and the next draft begins anew.
    pub(super) fn take_shown(&self) -> Vec<Shown> {
        let mut sketch = self.locked();
        sketch.text = None;
        sketch.writing = outbound::Draft::default();
        std::mem::take(&mut sketch.shown)
    }

    /// The first message that is behind the text, if one is to be shown.
    fn behind(&self) -> Option<Behind> {
        let mut sketch = self.locked();
        let Sketch { text, writing, shown, given_up: false, refused: _ } = &mut *sketch else { return None };
        let messages = writing.grow(text.as_ref()?);
        let is_behind = |number: usize, piece: &Message| shown.get(number).is_none_or(|shown| shown.piece != *piece);
        let behind =
            messages.iter().enumerate().find(|(number, piece)| is_behind(*number, piece)).map(|(number, piece)| {
                Behind { number, piece: piece.clone(), place: shown.get(number).map(|shown| shown.place) }
            });
        if behind.is_none() {
            *text = None;
        }
        behind
    }

    /// The messages that the text makes, where not all of it is shown.
    fn left(&self) -> Option<Vec<Message>> {
        let mut sketch = self.locked();
        let text = sketch.text.take()?;
        Some(sketch.writing.grow(&text).to_vec())
    }

    fn locked(&self) -> MutexGuard<'_, Sketch> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Talk {
    /// Shows the draft as it grows, where there is room. One that would be seen by others than its answer is not shown.
    pub(super) async fn keep_drafting(&self) -> Infallible {
        loop {
            self.draft.grown.notified().await;
            if let Some(answer) = &self.answer {
                answer.acknowledged().await;
            }
            // Nothing is waited for between the look and the turn, so what was seen is still so.
            while self.may_draft()
                && let Some(behind) = self.draft.behind()
            {
                let Some(turn) = self.line.chance(self.way.channel) else {
                    tokio::time::sleep(LOOK_AGAIN).await;
                    continue;
                };
                let wait = self.catch_up(behind).await;
                drop(turn);
                tokio::time::sleep(PACE.max(wait)).await;
            }
        }
    }

    /// Shows what is left of a draft that no reply follows: it is all that people get.
    pub(super) async fn finish_draft(&self) {
        let Some(messages) = self.draft.left() else { return };
        let visibility = match self.answer.as_ref().map(Answer::kind) {
            Some(InteractionKind::Command(visibility)) => visibility,
            Some(InteractionKind::Press { .. }) | None => Visibility::Chat,
        };
        // What went wrong has been written into the log.
        let _ = self.say(&messages, visibility, Placement::InPlace).await;
    }

    fn may_draft(&self) -> bool {
        self.answer
            .as_ref()
            .is_none_or(|answer| !answer.is_secret() && answer.kind() != InteractionKind::Command(Visibility::Private))
    }

    /// Where a piece of a draft goes that is not shown yet. The message with a button stays until the answer is complete.
    fn drafting_place(&self, number: usize) -> Option<Place> {
        match &self.answer {
            Some(answer) if answer.is_waiting() && !answer.is_press() => Some(Place::Original),
            Some(_) | None => self.further(number, Visibility::Chat).ok(),
        }
    }

    /// Shows a message as it should be. Returns how long Discord wants to see no other.
    async fn catch_up(&self, behind: Behind) -> Duration {
        let Behind { number, piece, place } = behind;
        let Some(to) = place.or_else(|| self.drafting_place(number)) else { return Duration::ZERO };
        let drawn = self.try_at(&piece, to, &self.line.mark(), PATIENCE).await;
        let fault = match drawn {
            Ok(place) => {
                let mut sketch = self.draft.locked();
                let shown = Shown { place, piece };
                match sketch.shown.get_mut(number) {
                    Some(before) => *before = shown,
                    None => sketch.shown.push(shown),
                }
                return Duration::ZERO;
            }
            Err(fault) => fault,
        };
        self.learn(to, &fault);
        let account = &self.line.account;
        // A message that was put into the place of another can be put there once more.
        let again = place.is_some() || to == Place::Original;
        match fault {
            Fault::Busy(wait) => return wait,
            Fault::Passing(why) if again => tracing::info!(account, why, "a draft could not be shown"),
            // Somebody deleted it: it is shown anew.
            fault if again && fault.is(Code::UnknownMessage) => self.draft.locked().shown.truncate(number),
            // Whether a new message is there is not known: a second one would stay beside it for ever.
            fault @ (Fault::Passing(_) | Fault::Refused { .. }) => {
                tracing::info!(account, why = %fault, "the answer is shown when it is complete");
                let mut sketch = self.draft.locked();
                sketch.given_up = true;
                if matches!(fault, Fault::Refused { status: 403, .. }) {
                    sketch.refused = Some(refused("take the message", &fault));
                }
            }
        }
        Duration::ZERO
    }
}
