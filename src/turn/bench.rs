//! What a turn finds out about who is benched, and what it notes of that for everybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::catalog::ProviderId;
use crate::health::{Bench, BenchScope, Strike, keeping_out};
use crate::profile::Fingerprint;
use crate::provider::{Answer, Failure};
use crate::resolver::{Candidate, CredentialId, Standing};
use crate::turn::gather::{Gathered, endpoint_of};
use crate::turn::run::Turn;

impl Turn<'_> {
    /// The candidate as it stands once its secret is known. Benches are kept by secrets, and one that only a reference
    /// leads to is unknown until somebody goes there: after a start, the credential would get a request in spite of one.
    pub(super) async fn opened(&self, candidate: &Candidate) -> Candidate {
        let known = candidate.fingerprint.is_some() || candidate.credential == CredentialId::None;
        let Gathered { settings, profiles, benches, .. } = &self.gathered;
        if known || !candidate.standing.is_usable() || benches.is_empty() {
            return candidate.clone();
        }
        let Ok(endpoint) = endpoint_of(&settings.config, &candidate.model) else { return candidate.clone() };
        // What is wrong with it is said when it is used.
        let _ = self.sources.wallet.auth(&candidate.credential, profiles, settings, &endpoint).await;
        let same = |other: &Candidate| (&other.model, &other.credential) == (&candidate.model, &candidate.credential);
        self.resolution().candidates.into_iter().find(same).unwrap_or_else(|| candidate.clone())
    }

    /// Takes the one request that a bench is granted, unless somebody else has taken it meanwhile.
    pub(super) async fn claim(&self, bench: &Bench) -> bool {
        let claimed = Arc::new(AtomicBool::new(false));
        let (seen, now, won) = (bench.since, self.sources.now(), claimed.clone());
        let update = move |present: Option<&Bench>| {
            let Some(present) = present else {
                // It was lifted meanwhile: nothing stands in the way.
                won.store(true, Ordering::Release);
                return None;
            };
            won.store(present.since == seen, Ordering::Release);
            Some(Bench { since: now.max(present.since), ..present.clone() })
        };
        if let Err(fault) = self.sources.store.update_bench(bench.scope.clone(), Box::new(update)).await {
            tracing::warn!(%fault, scope = %bench.scope, "a probe could not be noted");
        }
        claimed.load(Ordering::Acquire)
    }

    /// Notes a failure with everybody who shares this state, and here.
    pub(super) async fn strike(&mut self, candidate: &Candidate, failure: &Failure) {
        let strike = Strike {
            model: candidate.model.clone(),
            fingerprint: failure.sent.as_ref().and_then(|sent| sent.fingerprint.clone()),
            class: failure.class,
            retry_after: failure.retry_after,
            at: self.sources.now(),
        };
        let Some(scope) = strike.scope() else { return };
        let cooldowns = self.gathered.settings.config.auth.cooldowns.clone();
        let update = {
            let (strike, scope) = (strike, scope.clone());
            Box::new(move |previous: Option<&_>| Some(strike.bench(scope.clone(), previous, &cooldowns)))
        };
        if let Err(fault) = self.sources.store.update_bench(scope, update).await {
            tracing::warn!(%fault, profile.id = %candidate.credential, "a failure could not be noted");
        }
        self.gathered.benches = self.sources.benches().await;
    }

    /// Success clears what was held against this credential and this model, whoever noted it. What others found out after
    /// the request had `begun` stands: a long answer says nothing about a limit that was reached while it was written.
    pub(super) async fn clear_benches(&self, candidate: &Candidate, answer: &Answer, begun: Timestamp) {
        let fingerprint = answer.sent.fingerprint.as_ref();
        let known = self.sources.benches().await;
        for bench in known.iter().filter(|bench| bench.scope.covers(&candidate.model, fingerprint)) {
            let over = move |present: Option<&Bench>| {
                present.filter(|bench| begun < bench.since && bench.holds(begun)).cloned()
            };
            let cleared = self.sources.store.update_bench(bench.scope.clone(), Box::new(over)).await;
            if let Err(fault) = cleared {
                tracing::warn!(%fault, scope = %bench.scope, "a bench could not be cleared");
            }
        }
    }

    /// Moves to a renewed access token what is held against the account behind the one `before`: a subscription whose week
    /// is used up is not a new one every few hours. That the old token was refused is not held against the new one.
    pub(super) async fn move_benches(&mut self, provider: &ProviderId, before: &Fingerprint, after: &Fingerprint) {
        if before == after {
            return;
        }
        let known = self.sources.benches().await;
        let of_before =
            |bench: &&Bench| bench.scope.provider == *provider && bench.scope.fingerprint.as_ref() == Some(before);
        for bench in known.iter().filter(of_before).filter(|bench| bench.class.is_of_account()) {
            let (old, new) = (bench.clone(), BenchScope { fingerprint: Some(after.clone()), ..bench.scope.clone() });
            // What has been found out about the new one already counts.
            let take = move |present: Option<&Bench>| Some(present.unwrap_or(&old).clone());
            let mut moved = self.sources.store.update_bench(new, Box::new(take)).await;
            if moved.is_ok() {
                moved = self.sources.store.update_bench(bench.scope.clone(), Box::new(|_| None)).await;
            }
            if let Err(fault) = moved {
                tracing::warn!(%fault, scope = %bench.scope, "a bench could not be moved to a renewed token");
            }
        }
        self.gathered.benches = self.sources.benches().await;
    }

    pub(super) fn benched_meanwhile(&self, candidate: &Candidate) -> bool {
        let now = self.sources.now();
        let known = candidate.fingerprint.as_ref();
        let ready = matches!(candidate.standing, Standing::Ready | Standing::Refreshable);
        ready && keeping_out(&self.gathered.benches, &candidate.model, known, now).is_some()
    }
}
