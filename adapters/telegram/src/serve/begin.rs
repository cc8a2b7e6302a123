//! What has to be done before updates can come, tried until it is done.

use std::time::Duration;

use modelpin_chat::BoxFuture;
use secrecy::ExposeSecret as _;
use tokio::time::sleep;

use crate::api::{self, Fault};
use crate::line::Line;
use crate::{Identity, ServeFault, Webhook};
use modelpin_delivery::BackOff;
use modelpin_delivery::Standing;
use modelpin_delivery::{Inbox, Link, Resumed};

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The steps of the beginning.
pub(crate) struct Beginning<'a> {
    pub(crate) line: &'a Line,
    pub(crate) inbox: &'a dyn Inbox,
    pub(crate) standing: &'a Standing,
}

impl Beginning<'_> {
    /// What a former run has left.
    pub(crate) async fn resume(&self) -> Resumed {
        let mut waits = BackOff::up_to(LONGEST_WAIT);
        loop {
            match self.inbox.resume().await {
                Ok(resumed) => return resumed,
                Err(fault) => {
                    self.standing.is(Link::Down(fault.to_string()));
                    sleep(waits.longer()).await;
                }
            }
        }
    }

    /// Who the bot is.
    pub(crate) async fn get_me(&self) -> Result<Identity, ServeFault> {
        let me = self.until_done(|| Box::pin(api::get_me(&*self.line.api)), |_| None).await?;
        self.standing.known_as(&me.username);
        Ok(me)
    }

    /// Nothing is brought any more: updates are asked for.
    pub(crate) async fn delete_webhook(&self) -> Result<(), ServeFault> {
        self.until_done(|| Box::pin(api::delete_webhook(&*self.line.api)), |_| None).await
    }

    /// Updates are brought from now on.
    pub(crate) async fn set_webhook(&self, webhook: &Webhook) -> Result<(), ServeFault> {
        let (url, secret) = (&webhook.url, webhook.secret.expose_secret());
        let refused = |fault: &Fault| match fault {
            Fault::Refused { .. } => {
                Some(ServeFault::WebhookRefused { account: self.line.account.clone(), why: fault.to_string() })
            }
            Fault::Passing(_) | Fault::Busy(_) | Fault::Moved(_) => None,
        };
        self.until_done(|| Box::pin(api::set_webhook(&*self.line.api, url, secret)), refused).await
    }

    /// Makes a call until it is carried out. It is not tried again when Telegram does not know the token, or where
    /// `is_final` makes something of the fault.
    async fn until_done<'a, T>(
        &self,
        call: impl Fn() -> BoxFuture<'a, Result<T, Fault>>,
        is_final: impl Fn(&Fault) -> Option<ServeFault>,
    ) -> Result<T, ServeFault> {
        let mut waits = BackOff::up_to(LONGEST_WAIT);
        loop {
            let fault = match call().await {
                Ok(done) => return Ok(done),
                Err(fault) => fault,
            };
            let why = fault.to_string();
            if fault.is_of_token() {
                self.standing.is(Link::Refused(why.clone()));
                return Err(ServeFault::TokenRefused { account: self.line.account.clone(), why });
            }
            if let Some(last) = is_final(&fault) {
                self.standing.is(Link::Refused(why));
                return Err(last);
            }
            self.standing.is(Link::Down(why));
            match fault {
                Fault::Busy(wait) => sleep(wait).await,
                Fault::Passing(_) | Fault::Moved(_) | Fault::Refused { .. } => sleep(waits.longer()).await,
            }
        }
    }
}
