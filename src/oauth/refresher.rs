//! Who renews grants.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use crate::clock::Clock;
use crate::config::AuthConfig;
use crate::oauth::alone::{Alone, GrantLeases};
use crate::oauth::flight::is_good_after;
use crate::oauth::rest::Rests;
use crate::oauth::{NoRenewal, RenewalFault, TokenEndpoint, TokenServer};
use crate::profile::{AuthStore, Credential, Fingerprint, Profile, ProfileId, RenewedGrant};
use crate::store::{LeaseTable, Store};

/// How long one waits for another process that renews the same grant: longer than an exchange and a write take.
const PATIENCE: Duration = Duration::from_secs(45);

/// How long a refusal is doubted: somebody who has just used the token may still be writing its successor down.
const DOUBT: Duration = Duration::from_millis(1_500);

/// One flight, awaited by everybody who wants its result.
type Flight = Shared<BoxFuture<'static, Result<Profile, RenewalFault>>>;

/// Renews grants: one flight for each in this process, one at a time among all processes, and among all machines that
/// share the state.
pub struct Refresher {
    pub(crate) auth_store: Arc<AuthStore>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) rests: Rests,
    pub(crate) server: Arc<dyn TokenServer>,
    pub(crate) clock: Arc<dyn Clock>,
    /// The folder of the locks.
    pub(crate) locks: PathBuf,
    /// What keeps other machines out; `None` where no other one shares the state.
    pub(crate) leases: Option<GrantLeases>,
    pub(crate) patience: Duration,
    pub(crate) doubt: Duration,
    /// Tokens that came but could not be written down yet, under the refresh token that they were given for. The right
    /// to use that one stays with them, for that token is used up.
    pub(crate) unsaved: Mutex<HashMap<Fingerprint, (RenewedGrant, Alone)>>,
    flights: Mutex<HashMap<(ProfileId, Fingerprint), Flight>>,
}

impl Refresher {
    /// One for the profiles of `auth_store`. Pauses are kept in `store`, locks in the folder `locks`, which has to be the
    /// same for all processes on that state.
    pub fn new(
        auth_store: Arc<AuthStore>,
        store: Arc<dyn Store>,
        server: Arc<dyn TokenServer>,
        clock: Arc<dyn Clock>,
        locks: PathBuf,
    ) -> Self {
        let (unsaved, flights) = (Mutex::default(), Mutex::default());
        let rests = Rests::new(Arc::clone(&store));
        let (patience, doubt, leases) = (PATIENCE, DOUBT, None);
        Self { auth_store, store, rests, server, clock, locks, leases, patience, doubt, unsaved, flights }
    }

    /// The same, waiting for other processes for at most `patience`, and doubting a refusal for `doubt`.
    #[must_use]
    pub fn with_patience(self, patience: Duration, doubt: Duration) -> Self {
        Self { patience, doubt, ..self }
    }

    /// The same where several machines share the state: of all of them, one at a time renews a grant. `table` is theirs.
    #[must_use]
    pub fn with_leases(self, table: Arc<dyn LeaseTable>) -> Self {
        Self { leases: Some(GrantLeases::new(table)), ..self }
    }

    /// Gets a usable access token for `held`, whose own is ended or refused, and returns the profile as it is then stored.
    ///
    /// The token is on disk before this returns. What another task or process has renewed meanwhile is taken as it is, and
    /// so is what the program has renewed that alone may. The work goes on when the caller stops waiting: tokens that are on their way must not be lost.
    ///
    /// # Errors
    /// [`RenewalFault`] says what keeps it from being renewed.
    pub async fn renew(self: &Arc<Self>, held: &Profile, auth: &AuthConfig) -> Result<Profile, RenewalFault> {
        let endpoint = match TokenEndpoint::of(held, auth) {
            Ok(endpoint) => endpoint,
            Err(why) => return self.renewed_elsewhere(held).ok_or_else(|| why.into()),
        };
        let refresh = refresh_of(held).ok_or(NoRenewal::NoRefreshToken)?;
        let key = (held.id.clone(), refresh);
        let flight = {
            let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
            let aboard = flights.entry(key.clone());
            aboard.or_insert_with(|| self.take_off(key.clone(), endpoint, held.clone())).clone()
        };
        let landed = flight.await;
        if let Err(RenewalFault::BrokenOff) = landed {
            // It did not come to its own end, where it is taken off the list.
            self.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        }
        landed
    }

    /// The profile as it is now, if it has another access token than `held`, and a good one.
    fn renewed_elsewhere(&self, held: &Profile) -> Option<Profile> {
        let current = self.auth_store.current();
        let found = current.profiles.get(&held.id)?;
        is_good_after(found, held, self.clock.now()).then(|| found.clone())
    }

    fn take_off(self: &Arc<Self>, key: (ProfileId, Fingerprint), endpoint: TokenEndpoint, held: Profile) -> Flight {
        let refresher = Arc::clone(self);
        let task = tokio::spawn(async move {
            let landed = refresher.fly(endpoint, held).await;
            refresher.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
            landed
        });
        task.map(|ended| ended.unwrap_or(Err(RenewalFault::BrokenOff))).boxed().shared()
    }
}

/// The fingerprint of the refresh token in `profile`.
pub(crate) fn refresh_of(profile: &Profile) -> Option<Fingerprint> {
    match &profile.credential {
        Credential::OAuth(grant) => grant.refresh.as_ref().map(Fingerprint::of),
        Credential::ApiKey { .. } | Credential::Token { .. } => None,
    }
}
