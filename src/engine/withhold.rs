//! Messages with a secret in them: deleted where that can be done, sent and kept nowhere, and their writer is warned.

use std::time::Duration;

use modelpin_chat::{Kind, Visibility, Withdrawal};

use crate::access::{Action, Asker, Role, role_of};
use crate::engine::restraint::Saying;
use crate::engine::send::plain_text;
use crate::engine::{Case, Engine};
use crate::keyshape::{Found, secret_in};
use crate::reply::{Refusal, Withheld, withheld};

/// A platform that gives no answer must not hold the warning up.
const PATIENCE: Duration = Duration::from_secs(5);

impl Engine {
    /// Whether there is a secret in the message. All that can be done about it has been done then, and nothing else is
    /// to be done with the message.
    pub(super) async fn withholds(&self, case: &Case<'_>) -> bool {
        let Some(found) = secret_in(case.text, &self.sources.is_secret) else { return false };
        let key = self.key(case.inbound);
        let shape = match found {
            Found::Shaped(shape) => shape.name,
            Found::Known => "a known secret",
        };
        tracing::info!(session.key = %key, shape, "a message is withheld, for there is a secret in it");
        let withdrawal = self.withdraw(case).await;
        let settings = self.sources.settings.current();
        let role = role_of(&settings.config, &Asker::from(case.inbound));
        let to_owner = role == Role::Owner && case.inbound.conversation.kind == Kind::Dm;
        let mut draft = withheld(&Withheld { found, withdrawal, to_owner });
        if role == Role::Stranger {
            let text = plain_text(&draft);
            if !self.restraint.admits(case.inbound, &Saying::Text(&text), self.sources.now()) {
                return true;
            }
        }
        // Strangers are warned too: it is their key. Beyond that they are told what they are always told.
        if let [Err(denied), Err(_)] = [Action::Talk, Action::See].map(|action| self.authorize(case.inbound, action))
            && let Some(refusal) = self.refusal(case, &Refusal::Denied(denied))
        {
            draft.blank().blocks.extend(refusal.blocks);
        }
        self.send(case, draft, Visibility::Private).await;
        true
    }

    /// Has the message deleted; `None` where that failed.
    async fn withdraw(&self, case: &Case<'_>) -> Option<Withdrawal> {
        let key = self.key(case.inbound);
        match tokio::time::timeout(PATIENCE, case.outbox.withdraw()).await {
            Ok(Ok(withdrawal)) => Some(withdrawal),
            Ok(Err(fault)) => {
                tracing::warn!(session.key = %key, %fault, "a message with a secret in it was not deleted");
                None
            }
            Err(_) => {
                tracing::warn!(session.key = %key, "whether a message with a secret in it was deleted is not known");
                None
            }
        }
    }
}
