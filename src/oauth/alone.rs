//! Being alone with one refresh token: among all processes of this machine, and among all machines where they share a state.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::oauth::RenewalFault;
use crate::oauth::lock::GrantLock;
use crate::profile::Fingerprint;
use crate::store::{LeaseHolder, LeaseTable};

/// How long a lease is good that nobody renews: as long as one request to a token endpoint may take.
const LASTING: Duration = Duration::from_secs(30);

/// How often it is renewed by who has it. A request, and the writes around it, may take longer than it lasts.
const RENEWAL: Duration = Duration::from_secs(10);

/// The leases on refresh tokens, and who asks for them.
#[derive(Clone)]
pub(crate) struct GrantLeases(LeaseHolder);

/// The right to use one refresh token. It is kept until it is let go, however long that is.
pub(crate) enum Alone {
    /// On this machine, which shares its state with no other.
    Here(GrantLock),
    /// On all machines.
    Everywhere {
        /// Dropping it lets go.
        stop: oneshot::Sender<()>,
        keeper: JoinHandle<()>,
    },
}

impl Alone {
    /// Lets go, and waits until the others can see that.
    pub(crate) async fn end(self) {
        match self {
            Self::Here(lock) => drop(lock),
            Self::Everywhere { stop, keeper } => {
                drop(stop);
                // It says so itself where it could not.
                let _ = keeper.await;
            }
        }
    }
}

impl GrantLeases {
    /// For this process.
    pub(crate) fn new(table: Arc<dyn LeaseTable>) -> Self {
        Self(LeaseHolder::new(table, getrandom::u32().unwrap_or_default(), LASTING))
    }

    /// Takes the lease on `refresh` for whoever has `lock`, who gets that back while another machine has the lease.
    ///
    /// # Errors
    /// It cannot be told who has it.
    pub(crate) async fn claim(
        &self,
        refresh: &Fingerprint,
        lock: GrantLock,
    ) -> Result<Result<Alone, GrantLock>, RenewalFault> {
        let name = format!("oauth/{refresh}");
        match self.0.take(&name).await {
            Ok(None) => {}
            Ok(Some(_)) => return Ok(Err(lock)),
            Err(fault) => return Err(RenewalFault::Lease(fault.to_string())),
        }
        let (stop, stopped) = oneshot::channel();
        let keeper = tokio::spawn(self.clone().keep(name, lock, stopped));
        Ok(Ok(Alone::Everywhere { stop, keeper }))
    }

    /// Keeps the lease until it is to be let go. The lock goes last: whoever gets it next on this machine may be called the
    /// same, and must not have the lease ended that they have taken.
    async fn keep(self, name: String, lock: GrantLock, mut stopped: oneshot::Receiver<()>) {
        // The receiver ends when the other end is dropped, with or without a word.
        while timeout(RENEWAL, &mut stopped).await.is_err() {
            match self.0.take(&name).await {
                Ok(None) => {}
                Ok(Some(other)) => tracing::warn!(name, other, "a lease on a refresh token went to somebody else"),
                Err(fault) => tracing::warn!(%fault, name, "a lease on a refresh token could not be renewed"),
            }
        }
        self.0.end(&name).await;
        drop(lock);
    }
}
