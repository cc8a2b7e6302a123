//! An answer that can be watched while it is written.

use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use modelpin_chat::OutboxError;
use teloxide::types::MessageId;
use tokio::sync::Notify;

use crate::api::{self, Fault};
use crate::outbound::{self, Message};
use crate::outbox::{Talk, refused};

/// The least time between two edits. What people can follow, and what Telegram takes.
const PACE: Duration = Duration::from_secs(1);

/// How soon it is looked again whether there is room.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// How long one edit may take: a reply that is ready waits behind it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is written so far, and what of it is shown.
#[derive(Default)]
pub(crate) struct Draft {
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
    /// Telegram takes nothing in this chat.
    refused: Option<OutboxError>,
}

/// A message with a piece of the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) message: MessageId,
    pub(super) html: String,
}

/// A message that does not show what it should.
struct Behind {
    number: usize,
    piece: Message,
    /// Where the piece is shown as it was before, if it is.
    message: Option<MessageId>,
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
        let is_behind = |number: usize, piece: &Message| shown.get(number).is_none_or(|shown| shown.html != piece.html);
        let behind =
            messages.iter().enumerate().find(|(number, piece)| is_behind(*number, piece)).map(|(number, piece)| {
                Behind { number, piece: piece.clone(), message: shown.get(number).map(|shown| shown.message) }
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
    /// Shows the draft as it grows, where there is room.
    pub(super) async fn keep_drafting(&self) -> Infallible {
        loop {
            self.draft.grown.notified().await;
            // Nothing is waited for between the look and the turn, so what was seen is still so.
            while let Some(behind) = self.draft.behind() {
                let Some(turn) = self.line.pace.chance(self.way.chat.0) else {
                    tokio::time::sleep(LOOK_AGAIN).await;
                    continue;
                };
                self.catch_up(behind).await;
                drop(turn);
                tokio::time::sleep(PACE).await;
            }
        }
    }

    /// Shows what is left of a draft that no reply follows: it is all that people get.
    pub(super) async fn finish_draft(&self) {
        let Some(messages) = self.draft.left() else { return };
        if let Err(fault) = self.say(&messages, None).await {
            tracing::warn!(account = self.line.account, chat = self.chat(), why = %fault, "an answer is shown in part");
        }
    }

    /// Shows a message as it should be.
    async fn catch_up(&self, behind: Behind) {
        let Behind { number, piece, message } = behind;
        let mut drawn = self.draw(&piece, true, message).await;
        if drawn.as_ref().is_err_and(Fault::is_of_marks) {
            drawn = self.draw(&piece, false, message).await;
        }
        self.note(drawn, number, piece, message);
    }

    async fn draw(&self, piece: &Message, marked: bool, message: Option<MessageId>) -> Result<MessageId, Fault> {
        if let Some(message) = message {
            let edit = self.edit(piece, marked, message);
            match api::edit_message(&*self.line.api, &edit, PATIENCE).await {
                Err(fault) if fault.says(&["message is not modified"]) => Ok(message),
                edited => edited.map(|()| message),
            }
        } else {
            let quoting = self.draft.locked().shown.is_empty();
            let new = self.message(piece, marked, quoting);
            api::send_message(&*self.line.api, &new, PATIENCE).await.map(MessageId)
        }
    }

    fn note(&self, drawn: Result<MessageId, Fault>, number: usize, piece: Message, was: Option<MessageId>) {
        let chat = self.chat();
        match drawn {
            Ok(message) => {
                let mut sketch = self.draft.locked();
                let shown = Shown { message, html: piece.html };
                match sketch.shown.get_mut(number) {
                    Some(before) => *before = shown,
                    None => sketch.shown.push(shown),
                }
            }
            Err(Fault::Busy(wait)) => self.line.told_to_wait(chat, wait),
            Err(Fault::Moved(to)) => {
                self.line.pace.moved(self.way.chat.0, to);
                self.draft.locked().shown.clear();
            }
            // The next edit shows it as well.
            Err(Fault::Passing(why)) if was.is_some() => {
                tracing::info!(account = self.line.account, chat, why, "a draft could not be shown");
            }
            // Somebody deleted it: it is shown anew.
            Err(fault) if was.is_some() && fault.says(&["message to edit not found", "can't be edited"]) => {
                self.draft.locked().shown.truncate(number);
            }
            // Whether a new message is there is not known: a second one would stay beside it for ever.
            Err(fault @ (Fault::Passing(_) | Fault::Refused { .. })) => {
                tracing::info!(account = self.line.account, chat, why = %fault, "the answer is shown when it is complete");
                let mut sketch = self.draft.locked();
                sketch.given_up = true;
                if matches!(fault, Fault::Refused { code: 403, .. }) {
                    sketch.refused = Some(refused("take the message", &fault));
                }
            }
        }
    }
}
