//! Taking a message out of the conversation.

use std::time::Duration;

use modelpin_chat::{Kind, OutboxError, Visibility, Withdrawal};

use crate::api::{self, Code, Fault};
use crate::outbox::answer::Answer;
use crate::outbox::{Talk, refused};
use crate::way::InteractionKind;

/// How long it may take: a warning waits behind it.
const PATIENCE: Duration = Duration::from_secs(5);

impl Talk {
    /// Deletes the message that is being answered. It does not wait its turn: it should be gone before anybody reads it.
    pub(super) async fn take_back(&self) -> Result<Withdrawal, OutboxError> {
        if let Some(answer) = &self.answer {
            return self.hide(answer).await;
        }
        // A bot deletes nothing of a person's in a private chat.
        let Some(message) = self.way.message.filter(|_| self.kind != Kind::Dm) else {
            return Ok(Withdrawal::Impossible);
        };
        let fault = match api::delete_message(&*self.line.api, self.way.channel, message, PATIENCE).await {
            Ok(()) => return Ok(Withdrawal::Gone),
            Err(fault) if fault.is(Code::UnknownMessage) => return Ok(Withdrawal::Gone),
            Err(fault) => fault,
        };
        tracing::warn!(account = self.line.account, why = %fault, "a message could not be deleted");
        if fault.is_one_of(&[Code::MissingPermissions, Code::MissingAccess]) {
            return Err(OutboxError(format!(
                "Discord did not delete the message: {fault}. Give the bot the permission Manage Messages there"
            )));
        }
        Err(refused("delete the message", &fault))
    }

    /// What was filled into a command is shown to whoever asks Discord about its answer. So the one that all see is taken
    /// away, and what follows is shown to one person alone.
    async fn hide(&self, answer: &Answer) -> Result<Withdrawal, OutboxError> {
        match answer.kind() {
            InteractionKind::Press { .. } | InteractionKind::Command(Visibility::Private) => {
                return Ok(Withdrawal::Gone);
            }
            InteractionKind::Command(Visibility::Chat) => {}
        }
        answer.keep_secret();
        answer.acknowledged().await;
        if answer.is_over() {
            return Ok(Withdrawal::Gone);
        }
        match api::delete_original(&*self.line.api, &answer.interaction, PATIENCE).await {
            Ok(()) => {}
            Err(fault) if fault.is(Code::UnknownMessage) => {}
            Err(fault @ Fault::Refused { .. }) if fault.is_of_interaction() => answer.end(),
            Err(fault) => {
                tracing::warn!(account = self.line.account, why = %fault, "an answer could not be taken away");
                return Err(refused("take the answer away", &fault));
            }
        }
        answer.gone();
        Ok(Withdrawal::Gone)
    }
}
