//! Where a piece of a text goes, and where it goes instead when it cannot go there.

use std::time::Duration;

use modelpin_chat::{Kind, OutboxError, Visibility};
use modelpin_delivery::Turn;
use serenity::model::id::MessageId;

use crate::api::{self, Code, Fault};
use crate::outbound::Message;
use crate::outbox::answer::Answer;
use crate::outbox::{Talk, body, refused};
use crate::way::InteractionKind;

/// What Discord says of a message that cannot be given another text: it is gone, another's, put away, or changed too often.
const NO_MORE_TO_EDIT: [Code; 6] = [
    Code::UnknownMessage,
    Code::UnknownChannel,
    Code::MissingAccess,
    Code::NotTheAuthor,
    Code::ArchivedThread,
    Code::TooManyOldEdits,
];

/// What Discord says of a message that it may take without embeds and buttons: there is something wrong with these, or the
/// bot may not send them.
const MAY_DO_PLAIN: [Code; 2] = [Code::InvalidForm, Code::MissingPermissions];

/// Where a piece of a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Below everything in the channel; as an answer to what was asked, if `quoting`.
    Below { quoting: bool },
    /// Into a message of the bot's in the channel.
    Message(MessageId),
    /// Into the first answer to the interaction, or the message whose button was pressed.
    Original,
    /// Into one more answer to the interaction.
    FollowUp(Visibility),
    /// Into one of these answers.
    FollowedUp(MessageId),
}

impl Talk {
    /// Puts a piece into its place, or where it goes instead. Where Discord does not take it as it is, it goes plain.
    /// Returns where it is.
    pub(super) async fn put(
        &self,
        turn: &Turn,
        piece: &Message,
        mut place: Place,
        visibility: Visibility,
    ) -> Result<Place, OutboxError> {
        let account = &self.line.account;
        let plain = body::plain(piece);
        let mut piece = piece;
        loop {
            let mark = self.line.mark();
            let tried = self
                .line
                .insist(self.way.channel, turn, |patience| {
                    let mark = mark.clone();
                    Box::pin(async move { self.try_at(piece, place, &mark, patience).await })
                })
                .await;
            let fault = match tried {
                Ok(place) => return Ok(place),
                Err(fault) => fault,
            };
            self.learn(place, &fault);
            if fault.is_one_of(&MAY_DO_PLAIN)
                && let Some(plain) = plain.as_ref().filter(|plain| *plain != piece)
            {
                tracing::warn!(account, why = %fault, "Discord does not take a message as it is: it goes plain");
                piece = plain;
                if matches!(place, Place::Below { .. }) {
                    place = Place::Below { quoting: false };
                }
                continue;
            }
            let Some(next) = self.elsewhere(place, &fault, visibility) else {
                tracing::warn!(account, channel = self.way.channel.get(), why = %fault, "a message was not taken");
                return Err(refused("take the message", &fault));
            };
            place = next;
        }
    }

    /// One attempt. Returns where the piece is then.
    pub(super) async fn try_at(
        &self,
        piece: &Message,
        place: Place,
        mark: &str,
        patience: Duration,
    ) -> Result<Place, Fault> {
        let (api, channel) = (&*self.line.api, self.way.channel);
        match (place, &self.answer) {
            (Place::Original, Some(answer)) => {
                let edit = body::edit(piece);
                answer.used(api::edit_original(api, &answer.interaction, edit, patience).await?);
                Ok(place)
            }
            (Place::FollowUp(visibility), Some(answer)) => {
                let new = body::new(piece);
                let sent = api::follow_up(api, &answer.interaction, new, visibility, patience).await?;
                Ok(Place::FollowedUp(sent))
            }
            (Place::FollowedUp(message), Some(answer)) => {
                let edit = body::edit(piece);
                api::edit_follow_up(api, &answer.interaction, message, edit, patience).await?;
                Ok(place)
            }
            (Place::Message(message), _) => {
                api::edit_message(api, channel, message, body::edit(piece), patience).await?;
                Ok(place)
            }
            (Place::Below { .. } | Place::Original | Place::FollowUp(_) | Place::FollowedUp(_), _) => {
                let quoting = place == Place::Below { quoting: true } && self.kind != Kind::Dm;
                let asked = self.way.message.filter(|_| quoting);
                let sent = api::send_message(api, channel, body::below(piece, asked, mark), patience).await?;
                Ok(Place::Message(sent))
            }
        }
    }

    /// Takes what is at `place` away.
    pub(super) async fn take_away(&self, turn: &Turn, place: Place) -> Result<(), Fault> {
        let (api, channel) = (&*self.line.api, self.way.channel);
        let taken = self
            .line
            .insist(channel, turn, |patience| {
                Box::pin(async move {
                    match (place, &self.answer) {
                        (Place::Message(message), _) => api::delete_message(api, channel, message, patience).await,
                        (Place::Original, Some(answer)) => {
                            api::delete_original(api, &answer.interaction, patience).await
                        }
                        (Place::FollowedUp(message), Some(answer)) => {
                            api::delete_follow_up(api, &answer.interaction, message, patience).await
                        }
                        (Place::Below { .. } | Place::FollowUp(_) | Place::Original | Place::FollowedUp(_), _) => {
                            Ok(())
                        }
                    }
                })
            })
            .await;
        match taken {
            Err(fault) if !fault.is(Code::UnknownMessage) => {
                self.learn(place, &fault);
                Err(fault)
            }
            Ok(()) | Err(_) => {
                if let (Place::Original, Some(answer)) = (place, &self.answer) {
                    answer.gone();
                }
                Ok(())
            }
        }
    }

    /// Where a piece goes that takes no other one's place.
    pub(super) fn further(&self, number: usize, visibility: Visibility) -> Result<Place, OutboxError> {
        match &self.answer {
            None => Ok(Place::Below { quoting: number == 0 }),
            Some(answer) if !answer.is_over() => Ok(Place::FollowUp(visibility)),
            Some(_) if self.may_be_seen(visibility) => Ok(Place::Below { quoting: false }),
            Some(_) => {
                tracing::warn!(account = self.line.account, "it is too late to show a reply to one person alone");
                Err(OutboxError(
                    "Discord did not take the message: one person alone may see it, and it is too late to show it so"
                        .to_owned(),
                ))
            }
        }
    }

    /// What a refusal tells of the interaction.
    pub(super) fn learn(&self, place: Place, fault: &Fault) {
        let Some(answer) = &self.answer else { return };
        let is_original = place == Place::Original;
        if fault.is_of_interaction() && !matches!(place, Place::Below { .. } | Place::Message(_)) {
            answer.end();
        } else if is_original && fault.is(Code::UnknownMessage) {
            answer.gone();
        }
    }

    /// Where a piece goes that cannot go to `place`.
    fn elsewhere(&self, place: Place, fault: &Fault, visibility: Visibility) -> Option<Place> {
        match place {
            Place::Below { quoting: true } if fault.is(Code::CannotReply) => Some(Place::Below { quoting: false }),
            Place::Message(_) if fault.is_one_of(&NO_MORE_TO_EDIT) => {
                self.may_be_seen(visibility).then_some(Place::Below { quoting: false })
            }
            Place::Original | Place::FollowUp(_) | Place::FollowedUp(_) if fault.is_of_interaction() => {
                self.in_the_channel(place, visibility)
            }
            Place::Original | Place::FollowedUp(_) if fault.is(Code::UnknownMessage) => {
                Some(Place::FollowUp(visibility))
            }
            Place::Below { .. } | Place::Message(_) | Place::Original | Place::FollowUp(_) | Place::FollowedUp(_) => {
                None
            }
        }
    }

    /// Where a piece goes when nothing can be said to the interaction any more: into what it showed, if others see that
    /// anyway.
    pub(super) fn in_the_channel(&self, place: Place, visibility: Visibility) -> Option<Place> {
        let shown = match place {
            Place::Original => self.answer.as_ref().and_then(Answer::number),
            Place::FollowedUp(message) => Some(message),
            Place::Below { .. } | Place::Message(_) | Place::FollowUp(_) => None,
        };
        let is_pressed = self.answer.as_ref().is_some_and(|answer| {
            place == Place::Original && matches!(answer.kind(), InteractionKind::Press { private: false, .. })
        });
        match shown {
            Some(message) if is_pressed || self.may_be_seen(visibility) => Some(Place::Message(message)),
            Some(_) | None => self.may_be_seen(visibility).then_some(Place::Below { quoting: false }),
        }
    }

    /// Whether a message that Discord hides from nobody does. To what was typed, there is no other.
    fn may_be_seen(&self, visibility: Visibility) -> bool {
        self.answer.is_none() || self.kind == Kind::Dm || visibility == Visibility::Chat
    }
}
