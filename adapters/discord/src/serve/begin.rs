//! What has to be done before anything can come in, tried until it is done.

use std::time::Duration;

use modelpin_chat::BoxFuture;
use modelpin_delivery::{BackOff, Inbox, Link, Resumed, Standing};
use tokio::time::sleep;

use crate::api::{self, Fault, Gateway};
use crate::line::Line;
use crate::{Identity, ServeFault};

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
    pub(crate) async fn identity(&self) -> Result<Identity, ServeFault> {
        let identity = self.until_done(|| Box::pin(api::me(&*self.line.api))).await?;
        self.standing.known_as(&identity.username);
        Ok(identity)
    }

    /// Where the gateway is. There is no other way to know it.
    pub(crate) async fn gateway(&self) -> Result<Gateway, ServeFault> {
        self.until_done(|| Box::pin(api::gateway(&*self.line.api))).await
    }

    /// Makes a call until it is carried out. It is not tried again when Discord does not know the token.
    async fn until_done<'a, T>(&self, call: impl Fn() -> BoxFuture<'a, Result<T, Fault>>) -> Result<T, ServeFault> {
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
            self.standing.is(Link::Down(why));
            match fault {
                Fault::Busy(wait) => sleep(wait).await,
                Fault::Passing(_) | Fault::Refused { .. } => sleep(waits.longer()).await,
            }
        }
    }
}
