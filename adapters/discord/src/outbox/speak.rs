//! Saying something, so that it arrives.

use modelpin_chat::{OutboxError, Placement, Reply, Visibility};
use modelpin_delivery::Turn;

use crate::outbound::{self, Message};
use crate::outbox::answer::Answer;
use crate::outbox::draft::Shown;
use crate::outbox::place::Place;
use crate::outbox::{Talk, refused};
use crate::way::InteractionKind;

impl Talk {
    /// Sends a reply: into the place of the draft that shows, of the sign that the bot is thinking, or of the message whose
    /// button was pressed, else below everything. Discord hides nothing from others that answers what was typed, so a
    /// private reply is said there like any other.
    pub(super) async fn speak(&self, reply: Reply) -> Result<(), OutboxError> {
        self.typing.end();
        self.say(&outbound::render(&reply), reply.visibility, reply.placement).await
    }

    /// Says all pieces in one turn, so that nothing comes between them.
    pub(super) async fn say(
        &self,
        pieces: &[Message],
        visibility: Visibility,
        placement: Placement,
    ) -> Result<(), OutboxError> {
        if let Some(answer) = &self.answer {
            answer.acknowledged().await;
        }
        let turn = self.line.turn(self.way.channel).await;
        let is_aside = placement == Placement::Aside && self.answer.as_ref().is_some_and(Answer::is_press);
        let is_secret = self.answer.as_ref().is_some_and(Answer::is_secret);
        let visibility = if is_aside || is_secret { Visibility::Private } else { visibility };
        // Whoever has the turn has the draft: one that was on its way has arrived by now. A remark leaves it alone.
        let mut shown = if is_aside { Vec::new() } else { self.draft.take_shown() };
        // Nothing at all in its place is no reason to take a draft away.
        if pieces.is_empty() {
            return Ok(());
        }
        if self.answer.is_some() && visibility == Visibility::Private {
            // Others saw the draft; what becomes of it is not for them.
            self.take_all_away(&turn, std::mem::take(&mut shown)).await;
        }
        let mut first = if shown.is_empty() { self.first(&turn, visibility, is_aside).await? } else { None };
        for (number, piece) in pieces.iter().enumerate() {
            let before = shown.get(number);
            let already = before.is_some_and(|shown| shown.piece == *piece);
            if already {
                continue;
            }
            let first = first.take();
            let place = match before.map(|shown| shown.place).or(first) {
                Some(place) => place,
                None => self.further(number, visibility)?,
            };
            self.put(&turn, piece, place, visibility).await?;
            if let (Some(_), Some(answer)) = (first, &self.answer) {
                answer.replaced();
            }
        }
        // A draft may have been longer than what became of it.
        let surplus = shown.split_off(pieces.len().min(shown.len()));
        self.take_all_away(&turn, surplus).await;
        Ok(())
    }

    /// The place for the first piece, where the interaction has one. What waits there and is seen by others than the reply
    /// is taken away.
    async fn first(&self, turn: &Turn, visibility: Visibility, is_aside: bool) -> Result<Option<Place>, OutboxError> {
        let Some(answer) = self.answer.as_ref().filter(|_| !is_aside) else { return Ok(None) };
        if answer.is_over() {
            let is_there = answer.is_press() && answer.is_unused();
            return Ok(if is_there { self.in_the_channel(Place::Original, visibility) } else { None });
        }
        if !answer.is_waiting() {
            return Ok(None);
        }
        let fits = match answer.kind() {
            InteractionKind::Command(acknowledged) => acknowledged == visibility,
            // What is for one person goes on where it is, for others have seen the beginning.
            InteractionKind::Press { private, .. } => !private || visibility == Visibility::Private,
        };
        if fits {
            return Ok(Some(Place::Original));
        }
        if let Err(fault) = self.take_away(turn, Place::Original).await {
            tracing::warn!(account = self.line.account, why = %fault, "the first answer could not be taken away");
            // Whatever is said to the interaction next might go into its place, and be seen by whoever sees that.
            if !answer.is_press() && !answer.is_over() {
                if visibility == Visibility::Private {
                    return Err(refused("make room for the message", &fault));
                }
                answer.end();
            }
        }
        Ok(None)
    }

    /// Takes the sign away that the bot is thinking, if nothing came of it.
    pub(super) async fn end_waiting(&self) {
        let Some(answer) = self.answer.as_ref().filter(|answer| !answer.is_press()) else { return };
        answer.acknowledged().await;
        if !answer.is_waiting() {
            return;
        }
        let turn = self.line.turn(self.way.channel).await;
        if let Err(fault) = self.take_away(&turn, Place::Original).await {
            tracing::info!(account = self.line.account, why = %fault, "the sign of thinking stays");
        }
    }

    async fn take_all_away(&self, turn: &Turn, surplus: Vec<Shown>) {
        for Shown { place, .. } in surplus {
            if let Err(fault) = self.take_away(turn, place).await {
                tracing::info!(account = self.line.account, why = %fault, "a draft stays");
            }
        }
    }
}
