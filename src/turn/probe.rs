//! One small request that finds out whether a model answers with a credential.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::unbounded_channel;

use crate::catalog::ModelRef;
use crate::health::FailureClass;
use crate::history::{Role, Utterance};
use crate::oauth::TokenEndpoint;
use crate::provider::{Ask, Failure};
use crate::redact::scrub;
use crate::resolver::CredentialId;
use crate::turn::gather::{Sources, endpoint_of};
use crate::turn::wallet::WalletFault;

/// What is asked.
const QUESTION: &str = "Reply with the word OK.";

impl Sources {
    /// Asks `model` with `credential` for a word, as a turn would: through the same provider, renewed by the same flight.
    ///
    /// Nothing is noted of how it went, neither for nor against anybody: it is a look, not a turn.
    ///
    /// # Errors
    /// [`Failure`], with the class that a turn would give it.
    pub(crate) async fn probe(
        &self,
        model: &ModelRef,
        credential: &CredentialId,
        patience: Duration,
        max_tokens: u32,
    ) -> Result<(), Failure> {
        let asked = tokio::time::timeout(patience, self.ask_for_a_word(model, credential, patience, max_tokens));
        asked.await.unwrap_or_else(|_| Err(unsent(FailureClass::Timeout, "no answer in time")))
    }

    async fn ask_for_a_word(
        &self,
        model: &ModelRef,
        credential: &CredentialId,
        patience: Duration,
        max_tokens: u32,
    ) -> Result<(), Failure> {
        let settings = self.settings.current();
        let mut profiles = self.auth_store.current().profiles.as_ref().clone();
        let held = credential.profile().and_then(|id| profiles.by_id.get(id)).cloned();
        if let Some(held) = held
            && let Ok(endpoint) = TokenEndpoint::of(&held, &settings.config.auth)
            && endpoint.is_due(&held, self.now())
        {
            let renewed = self.refresher.renew(&held, &settings.config.auth).await;
            let renewed = renewed.map_err(|fault| unsent(FailureClass::NotRenewed, &fault.to_string()))?;
            profiles.by_id.insert(renewed.id.clone(), Arc::new(renewed));
        }
        let endpoint = endpoint_of(&settings.config, model);
        let endpoint = endpoint.map_err(|why| unsent(FailureClass::ModelNotFound, &why.to_string()))?;
        let auth = self.wallet.auth(credential, &profiles, &settings, &endpoint).await;
        let ask = Ask {
            model: model.clone(),
            endpoint,
            auth: auth.map_err(WalletFault::into_failure)?,
            messages: vec![Utterance { role: Role::User, text: QUESTION.to_owned(), at: self.now() }],
            max_tokens,
            total: patience,
            idle: patience,
        };
        let (pieces, _arriving) = unbounded_channel();
        self.provider.ask(&ask, pieces).await.map(|_| ())
    }
}

fn unsent(class: FailureClass, detail: &str) -> Failure {
    Failure { class, status: None, retry_after: None, detail: scrub(detail).into_owned(), sent: None }
}
