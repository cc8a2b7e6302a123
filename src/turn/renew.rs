//! OAuth grants within a turn: renewed before their access token ends, and once more when the provider refuses it.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::health::FailureClass;
use crate::oauth::{NoRenewal, RenewalFault, TokenEndpoint};
use crate::profile::{Credential, Expiry, Fingerprint, Profile};
use crate::provider::Failure;
use crate::resolver::Candidate;
use crate::turn::run::{Sent, Turn};

/// How a renewal ended.
enum Renewed {
    /// There is a new access token.
    Yes,
    /// There is none.
    No(RenewalFault),
    /// The person does not want the answer any more.
    Stopped,
}

impl Turn<'_> {
    /// Sends to `candidate`. A grant whose access token has ended is renewed before that; one whose access token the
    /// provider refuses is renewed once, and then the request is sent once more.
    pub(super) async fn send_renewing(&mut self, candidate: &Candidate) -> Sent {
        if let Some(held) = self.due(candidate) {
            match self.renew(&held).await {
                Renewed::Yes => {}
                Renewed::Stopped => return Sent::Stopped(String::new()),
                // It is only about to end: it will do for this request.
                Renewed::No(_) if self.lasts(&held) => {}
                Renewed::No(fault) => return Sent::Failed(self.unsent(&fault), String::new()),
            }
        }
        match self.send(candidate).await {
            Sent::Failed(failure, shown) if failure.class == FailureClass::Auth && shown.is_empty() => {
                self.once_more(candidate, failure).await
            }
            sent => sent,
        }
    }

    /// The provider refused the credential with `failure`.
    async fn once_more(&mut self, candidate: &Candidate, failure: Failure) -> Sent {
        let refused = failure.sent.as_ref().and_then(|sent| sent.fingerprint.clone());
        let held = self.grant(candidate).filter(|held| refused.is_some() && access_of(held) == refused);
        let Some(held) = held else { return Sent::Failed(failure, String::new()) };
        match self.renew(&held).await {
            Renewed::Yes => self.send(candidate).await,
            Renewed::Stopped => Sent::Stopped(String::new()),
            // Nobody could have renewed it: that the provider refuses it is all there is to say.
            Renewed::No(RenewalFault::Impossible(NoRenewal::NoRefreshToken)) => Sent::Failed(failure, String::new()),
            Renewed::No(fault) => {
                let detail = format!("{}; {fault}", failure.detail);
                let ours = self.unsent(&fault);
                Sent::Failed(Failure { detail, sent: failure.sent, status: failure.status, ..ours }, String::new())
            }
        }
    }

    /// Renews the grant, and takes it into this turn. Nothing else of the store is: the turn goes on with the profiles it
    /// began with.
    async fn renew(&mut self, held: &Profile) -> Renewed {
        let auth = &self.gathered.settings.config.auth;
        let renewed = tokio::select! {
            renewed = self.sources.refresher.renew(held, auth) => renewed,
            () = self.outbox.stopped() => return Renewed::Stopped,
        };
        match renewed {
            Ok(profile) => {
                if let (Some(before), Some(after)) = (access_of(held), access_of(&profile)) {
                    self.move_benches(&profile.provider, &before, &after).await;
                }
                Arc::make_mut(&mut self.gathered.profiles).by_id.insert(profile.id.clone(), Arc::new(profile));
                Renewed::Yes
            }
            Err(fault) => Renewed::No(fault),
        }
    }

    /// The grant of `candidate`, if it has to be renewed before it is used.
    fn due(&self, candidate: &Candidate) -> Option<Profile> {
        let held = self.grant(candidate)?;
        let endpoint = TokenEndpoint::of(&held, &self.gathered.settings.config.auth).ok()?;
        endpoint.is_due(&held, self.sources.now()).then_some(held)
    }

    fn grant(&self, candidate: &Candidate) -> Option<Profile> {
        let held = self.gathered.profiles.get(candidate.credential.profile()?)?;
        matches!(held.credential, Credential::OAuth(_)).then(|| held.clone())
    }

    fn lasts(&self, held: &Profile) -> bool {
        let now = self.sources.now();
        let ended = match held.expires() {
            Expiry::Never => false,
            Expiry::At(end) => end <= now,
            Expiry::Invalid => true,
        };
        access_of(held).is_some() && !ended
    }

    /// What a renewal that failed is as a failed request.
    fn unsent(&self, fault: &RenewalFault) -> Failure {
        let class = match fault {
            RenewalFault::Impossible(_) | RenewalFault::Gone(_) => FailureClass::Auth,
            RenewalFault::NeedsLogin { .. } => FailureClass::NeedsLogin,
            RenewalFault::Later { .. }
            | RenewalFault::Busy
            | RenewalFault::Store(_)
            | RenewalFault::Lock(_)
            | RenewalFault::Lease(_)
            | RenewalFault::BrokenOff => FailureClass::NotRenewed,
        };
        let retry_after = match fault {
            RenewalFault::Later { until, .. } => {
                Some(until.duration_since(self.sources.now()).max(SignedDuration::ZERO).unsigned_abs())
            }
            RenewalFault::Impossible(_)
            | RenewalFault::Gone(_)
            | RenewalFault::NeedsLogin { .. }
            | RenewalFault::Busy
            | RenewalFault::Store(_)
            | RenewalFault::Lock(_)
            | RenewalFault::Lease(_)
            | RenewalFault::BrokenOff => None,
        };
        Failure { class, status: None, retry_after, detail: fault.to_string(), sent: None }
    }
}

fn access_of(profile: &Profile) -> Option<Fingerprint> {
    match &profile.credential {
        Credential::OAuth(grant) => grant.access.as_ref().map(Fingerprint::of),
        Credential::ApiKey { .. } | Credential::Token { .. } => None,
    }
}
