//! How an interaction stands.

use std::sync::{Mutex, MutexGuard, PoisonError};

use modelpin_chat::Visibility;
use serenity::model::id::MessageId;

use crate::acknowledge::{Acknowledged, Acknowledgement};
use crate::way::{Interaction, InteractionKind};

/// An interaction, and what became of the answer that it has from the start: the sign that the bot is thinking, or the
/// message whose button was pressed.
pub(super) struct Answer {
    pub(super) interaction: Interaction,
    acknowledgement: Option<Acknowledgement>,
    state: Mutex<State>,
}

struct State {
    original: Original,
    /// The number of it, once Discord has told it.
    number: Option<MessageId>,
    /// Nothing can be said to the interaction any more.
    is_over: bool,
    /// What was filled in is nothing for others to see.
    is_secret: bool,
}

/// What became of the first answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Original {
    /// Nothing has been put there yet.
    Waiting,
    /// Something has.
    Used,
    /// It was taken away.
    Gone,
}

impl Answer {
    pub(super) fn new(interaction: Interaction, acknowledgement: Option<Acknowledgement>) -> Self {
        let number = match interaction.kind {
            InteractionKind::Press { message, private: false } => Some(message),
            InteractionKind::Press { .. } | InteractionKind::Command(_) => None,
        };
        let state = State { original: Original::Waiting, number, is_over: false, is_secret: false };
        Self { interaction, acknowledgement, state: Mutex::new(state) }
    }

    /// Waits until Discord knows that the interaction was seen, or it is too late for that.
    pub(super) async fn acknowledged(&self) {
        let Some(acknowledgement) = &self.acknowledgement else { return };
        match acknowledgement.outcome().await {
            // Where it is not known, the first thing that is said will show.
            Acknowledged::Yes | Acknowledged::Unknown => {}
            Acknowledged::No => self.end(),
        }
    }

    pub(super) fn kind(&self) -> InteractionKind {
        self.interaction.kind
    }

    /// Whether a button was pressed.
    pub(super) fn is_press(&self) -> bool {
        matches!(self.kind(), InteractionKind::Press { .. })
    }

    /// Whether nothing has been put into the first answer yet.
    pub(super) fn is_unused(&self) -> bool {
        self.locked().original == Original::Waiting
    }

    /// Whether something can still be put there.
    pub(super) fn is_waiting(&self) -> bool {
        self.is_unused() && !self.is_over()
    }

    pub(super) fn is_over(&self) -> bool {
        self.locked().is_over
    }

    pub(super) fn is_secret(&self) -> bool {
        self.locked().is_secret
    }

    /// The number of the first answer in the channel, where others see it as well.
    pub(super) fn number(&self) -> Option<MessageId> {
        self.locked().number
    }

    /// Something has been put into the first answer, which is that message.
    pub(super) fn used(&self, number: MessageId) {
        let mut state = self.locked();
        state.original = Original::Used;
        if matches!(
            self.kind(),
            InteractionKind::Command(Visibility::Chat) | InteractionKind::Press { private: false, .. }
        ) {
            state.number = Some(number);
        }
    }

    /// Something has been put where the first answer was, or instead of it.
    pub(super) fn replaced(&self) {
        let mut state = self.locked();
        if state.original == Original::Waiting {
            state.original = Original::Used;
        }
    }

    /// The first answer is not there any more.
    pub(super) fn gone(&self) {
        let mut state = self.locked();
        state.original = Original::Gone;
        state.number = None;
    }

    /// Nothing can be said to the interaction any more.
    pub(super) fn end(&self) {
        self.locked().is_over = true;
    }

    /// What was filled in is nothing for others to see.
    pub(super) fn keep_secret(&self) {
        self.locked().is_secret = true;
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
