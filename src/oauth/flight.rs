//! One renewal, from the first look at the grant's home to the last.

use std::ops::ControlFlow;
use std::sync::PoisonError;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::time::{Instant, sleep};

use crate::audit::{Entry, Kind, Surface};
use crate::health::{Bench, FailureClass};
use crate::oauth::alone::Alone;
use crate::oauth::endpoint::has_ended;
use crate::oauth::home::{GrantHome, LOOK_AFAR};
use crate::oauth::lock::GrantLock;
use crate::oauth::refresher::refresh_of;
use crate::oauth::{
    NoRenewal, Refresher, RenewalFault, TokenEndpoint, TokenFault, TokenRequest, Tokens, Verdict, login_command,
};
use crate::profile::{Credential, Fingerprint, Profile, RenewedGrant};
use crate::session::Actor;

/// How often a grant is begun with anew that somebody else keeps replacing.
const ROUNDS: usize = 4;

/// How a step ends: with the profile as it is now, or with the next step.
type Step<T> = Result<ControlFlow<Profile, T>, RenewalFault>;

impl Refresher {
    /// Renews the grant in `held`, or finds it renewed.
    pub(crate) async fn fly(&self, endpoint: TokenEndpoint, held: Profile) -> Result<Profile, RenewalFault> {
        let home = GrantHome::of(&held, &self.auth_store);
        let flight = Aboard { refresher: self, endpoint, home, held };
        for _ in 0..ROUNDS {
            if let ControlFlow::Break(profile) = flight.round().await? {
                return Ok(profile);
            }
        }
        Err(RenewalFault::Busy)
    }
}

struct Aboard<'a> {
    refresher: &'a Refresher,
    endpoint: TokenEndpoint,
    home: GrantHome,
    /// The grant with the access token that is no good any more.
    held: Profile,
}

impl Aboard<'_> {
    /// Once through. `Continue`: another refresh token took the place of the one this round began with.
    async fn round(&self) -> Step<()> {
        let found = match self.look().await? {
            ControlFlow::Break(profile) => return Ok(ControlFlow::Break(profile)),
            ControlFlow::Continue(found) => found,
        };
        let used = refresh_of(&found).ok_or(NoRenewal::NoRefreshToken)?;
        self.may_go_on(&used).await?;
        let unsaved = self.refresher.unsaved.lock().unwrap_or_else(PoisonError::into_inner).remove(&used);
        if let Some((renewed, alone)) = unsaved {
            return self.keep(renewed, alone).await;
        }
        let alone = match self.alone(&used).await? {
            ControlFlow::Break(profile) => return Ok(ControlFlow::Break(profile)),
            ControlFlow::Continue(alone) => alone,
        };
        let (step, alone) = self.ask(&found, &used, alone).await;
        // Only now: whoever waits for it finds out about what came of it.
        if let Some(alone) = alone {
            alone.end().await;
        }
        step
    }

    /// Asks for new tokens, if that is still to be done, and gives the right to do so back unless it is used up.
    async fn ask(&self, found: &Profile, used: &Fingerprint, alone: Alone) -> (Step<()>, Option<Alone>) {
        let refresh = match self.may_ask(found, used).await {
            Ok(ControlFlow::Continue(refresh)) => refresh,
            Ok(ControlFlow::Break(over)) => return (Ok(over), Some(alone)),
            Err(fault) => return (Err(fault), Some(alone)),
        };
        let request = TokenRequest { endpoint: self.endpoint.clone(), refresh, at: self.refresher.clock.now() };
        match self.refresher.server.refresh(&request).await {
            Ok(Tokens { access, refresh, lasts }) => {
                let expires = self.endpoint.stored_end(self.refresher.clock.now(), lasts);
                let renewed = RenewedGrant { used: used.clone(), access, refresh, expires };
                (self.keep(renewed, alone).await, None)
            }
            Err(fault) => (self.refused(used, fault).await, Some(alone)),
        }
    }

    /// The refresh token, if it may be used now that nobody else may. `Break`: how the round ends otherwise.
    async fn may_ask(
        &self,
        found: &Profile,
        used: &Fingerprint,
    ) -> Result<ControlFlow<ControlFlow<Profile>, SecretString>, RenewalFault> {
        let anew = Ok(ControlFlow::Break(ControlFlow::Continue(())));
        // Whoever was at it before may have renewed the grant, or found out that it cannot be.
        match self.look().await? {
            ControlFlow::Break(profile) => return Ok(ControlFlow::Break(ControlFlow::Break(profile))),
            ControlFlow::Continue(now) if refresh_of(&now).as_ref() != Some(used) => return anew,
            ControlFlow::Continue(_) => self.may_go_on(used).await?,
        }
        if !self.home.prepare(used).await? {
            return anew;
        }
        let Credential::OAuth(grant) = &found.credential else { return Err(NoRenewal::NotAGrant.into()) };
        let refresh = grant.refresh.clone().ok_or(NoRenewal::NoRefreshToken)?;
        Ok(ControlFlow::Continue(refresh))
    }

    /// Reads the profile anew. `Break`: it has an access token that is good.
    async fn look(&self) -> Result<ControlFlow<Profile, Profile>, RenewalFault> {
        let found = self.home.look().await?.ok_or_else(|| RenewalFault::Gone(self.held.id.clone()))?;
        if let Some(why) = found.closed() {
            return Err(NoRenewal::Sealed(why.clone()).into());
        }
        let good = is_good_after(&found, &self.held, self.refresher.clock.now());
        Ok(if good { ControlFlow::Break(found) } else { ControlFlow::Continue(found) })
    }

    /// Whether the endpoint may be asked for this refresh token.
    async fn may_go_on(&self, used: &Fingerprint) -> Result<(), RenewalFault> {
        let resting = self.refresher.rests.of(&self.held.provider, used, self.refresher.clock.now()).await;
        match resting {
            None => Ok(()),
            Some(Bench { class: FailureClass::NeedsLogin, .. } | Bench { until: None, .. }) => {
                Err(self.needs_login("its refresh token is no longer taken".to_owned()))
            }
            Some(Bench { until: Some(until), .. }) => {
                Err(RenewalFault::Later { until, why: "its access token could not be renewed".to_owned() })
            }
        }
    }

    /// Waits until nobody else is at this grant, here or on another machine. `Break`: another one has renewed it.
    async fn alone(&self, used: &Fingerprint) -> Step<Alone> {
        let begun = Instant::now();
        let mut lock = None;
        loop {
            let mut pause = self.home.pause();
            if lock.is_none() {
                let taken = GrantLock::try_take(&self.refresher.locks, used);
                lock = taken.map_err(|error| RenewalFault::Lock(error.to_string()))?;
            }
            if let Some(taken) = lock.take() {
                let Some(leases) = &self.refresher.leases else {
                    return Ok(ControlFlow::Continue(Alone::Here(taken)));
                };
                match leases.claim(used, taken).await? {
                    Ok(alone) => return Ok(ControlFlow::Continue(alone)),
                    // Kept: who waits here need not ask as well.
                    Err(taken) => lock = Some(taken),
                }
                pause = LOOK_AFAR;
            }
            if begun.elapsed() >= self.refresher.patience {
                return Err(RenewalFault::Busy);
            }
            sleep(pause).await;
            if let ControlFlow::Break(profile) = self.look().await? {
                return Ok(ControlFlow::Break(profile));
            }
        }
    }

    /// Writes the tokens down, and only then gives them out. A grant that was replaced meanwhile stays as it is.
    async fn keep(&self, renewed: RenewedGrant, alone: Alone) -> Step<()> {
        let ours = match self.home.keep(&renewed).await {
            Ok(ours) => ours,
            Err(fault) => {
                tracing::error!(profile.id = %self.held.id, %fault, "a renewed grant could not be written down yet");
                let mut unsaved = self.refresher.unsaved.lock().unwrap_or_else(PoisonError::into_inner);
                unsaved.insert(renewed.used.clone(), (renewed, alone));
                return Err(fault);
            }
        };
        self.refresher.rests.clear(&self.held.provider, &renewed.used).await;
        if ours {
            self.attest(&renewed).await;
        }
        alone.end().await;
        tracing::info!(profile.id = %self.held.id, expires = %renewed.expires, ours, "an access token was renewed");
        Ok(match self.look().await? {
            // A token that is over as soon as it came is not fetched again and again.
            ControlFlow::Continue(profile) if ours => ControlFlow::Break(profile),
            ControlFlow::Continue(_) => ControlFlow::Continue(()),
            ControlFlow::Break(profile) => ControlFlow::Break(profile),
        })
    }

    /// Writes a row into the audit. Tokens that have come are kept with or without one: there would be no others.
    async fn attest(&self, renewed: &RenewedGrant) {
        let id = self.held.id.to_string();
        let entry = Entry {
            at: self.refresher.clock.now(),
            actor: Actor { channel: "program".to_owned(), id: "modelpin".to_owned(), name: None },
            surface: Surface::Program,
            kind: Kind::Credential,
            session: None,
            subject: Some(id.clone()),
            before: access_of(&self.held).map(|print| format!("oauth {print}")),
            after: Some(format!("oauth {}", Fingerprint::of(&renewed.access))),
            reason: "renewed".to_owned(),
            profiles: vec![id],
        };
        if let Err(fault) = self.refresher.store.log_change(entry).await {
            tracing::error!(profile.id = %self.held.id, %fault, "a renewed token is not in the audit");
        }
    }

    /// The endpoint gave nothing. Before that counts, the grant's home is looked at once more: somebody else may have been
    /// quicker. The lock is still held, so that whoever waits for it finds out about the verdict.
    async fn refused(&self, used: &Fingerprint, fault: TokenFault) -> Step<()> {
        let TokenFault { verdict, detail } = fault;
        let doubted = Instant::now();
        loop {
            match self.look().await? {
                ControlFlow::Break(profile) => return Ok(ControlFlow::Break(profile)),
                ControlFlow::Continue(now) if refresh_of(&now).as_ref() != Some(used) => {
                    return Ok(ControlFlow::Continue(()));
                }
                ControlFlow::Continue(_) => {}
            }
            if verdict != Verdict::Dead || doubted.elapsed() >= self.refresher.doubt {
                break;
            }
            sleep(self.home.pause()).await;
        }
        let (now, provider) = (self.refresher.clock.now(), &self.held.provider);
        if verdict == Verdict::Dead {
            if self.refresher.rests.needs_login(provider, used, now).await {
                let command = login_command(&self.held);
                tracing::warn!(profile.id = %self.held.id, %detail, "a login has ended; log in again: `{command}`");
            }
            return Err(self.needs_login(detail));
        }
        let until = self.refresher.rests.pause(provider, used, verdict, now).await;
        tracing::warn!(profile.id = %self.held.id, %detail, %until, "an access token could not be renewed");
        Err(RenewalFault::Later { until, why: detail })
    }

    fn needs_login(&self, why: String) -> RenewalFault {
        RenewalFault::NeedsLogin { command: login_command(&self.held), why }
    }
}

/// Whether `found` has an access token that is good at `now`, and another one than `held`, whose own is not any more.
pub(crate) fn is_good_after(found: &Profile, held: &Profile, now: Timestamp) -> bool {
    let access = access_of(found);
    access.is_some() && access != access_of(held) && !has_ended(found.expires(), now)
}

/// The fingerprint of the access token in `profile`.
fn access_of(profile: &Profile) -> Option<Fingerprint> {
    match &profile.credential {
        Credential::OAuth(grant) => grant.access.as_ref().map(Fingerprint::of),
        Credential::ApiKey { .. } | Credential::Token { .. } => None,
    }
}
