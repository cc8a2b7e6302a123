//! Taking a message out of the conversation.

use std::time::Duration;

use modelpin_chat::{Kind, OutboxError, Withdrawal};
use teloxide::payloads::DeleteMessage;
use teloxide::types::ChatId;

use crate::api::{self, Fault};
use crate::outbox::{Talk, refused};

/// How long it may take: a warning waits behind it.
const PATIENCE: Duration = Duration::from_secs(5);

impl Talk {
    /// Deletes the message that is being answered. It does not wait its turn: it should be gone before anybody reads it.
    pub(super) async fn take_back(&self) -> Result<Withdrawal, OutboxError> {
        let Some(message) = self.way.message else { return Ok(Withdrawal::Impossible) };
        let chat = self.chat();
        let deletion = DeleteMessage::new(ChatId(chat), message);
        let fault = match api::delete_message(&*self.line.api, &deletion, PATIENCE).await {
            Ok(()) => return Ok(Withdrawal::Gone),
            Err(fault) if fault.says(&["message to delete not found", "MESSAGE_ID_INVALID"]) => {
                return Ok(Withdrawal::Gone);
            }
            Err(fault) => fault,
        };
        tracing::warn!(account = self.line.account, chat, why = %fault, "a message could not be deleted");
        if let Fault::Busy(wait) = fault {
            self.line.told_to_wait(chat, wait);
        }
        if fault.says(&["can't be deleted", "not enough rights", "CHAT_ADMIN_REQUIRED"]) {
            return Err(OutboxError(match self.kind {
                Kind::Dm => format!("Telegram did not delete the message: {fault} (bots can delete for 48 hours)"),
                Kind::Group | Kind::Channel => format!(
                    "Telegram did not delete the message: {fault}. Make the bot an administrator who may delete \
                     messages; even then it can do so for 48 hours only"
                ),
            }));
        }
        Err(refused("delete the message", &fault))
    }
}
