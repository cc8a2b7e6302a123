//! Grants that are left alone: for a while, or until somebody logs in.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::catalog::ProviderId;
use crate::health::{Bench, BenchScope, FailureClass};
use crate::oauth::Verdict;
use crate::oauth::endpoint::later;
use crate::profile::Fingerprint;
use crate::store::{BenchUpdate, Store};

/// How long a failing token endpoint is left alone, where it does not say so itself.
const LADDER: [Duration; 4] =
    [Duration::from_secs(30), Duration::from_mins(1), Duration::from_mins(5), Duration::from_mins(15)];

/// A failure so long after the last pause is the first of its kind.
const MEMORY: Duration = Duration::from_hours(1);

/// The longest pause that an endpoint can ask for.
const LONGEST: Duration = Duration::from_hours(1);

/// How long one is left alone that refuses the request as such: only an operator can mend that.
const REFUSED: Duration = Duration::from_mins(30);

/// The bench that keeps the grant with that refresh token from being renewed at `now`.
///
/// Such a bench stands under the fingerprint of the *refresh* token, so it keeps no request to the model out, and is over
/// when the token is replaced.
pub fn resting<'a>(
    benches: &'a [Bench],
    provider: &ProviderId,
    refresh: &Fingerprint,
    now: Timestamp,
) -> Option<&'a Bench> {
    benches.iter().find(|bench| {
        let BenchScope { provider: of, fingerprint, model } = &bench.scope;
        of == provider && fingerprint.as_ref() == Some(refresh) && model.is_none() && bench.holds(now)
    })
}

/// The pauses, shared with every process on the same state; kept here alone where the state cannot be written.
pub(crate) struct Rests {
    store: Arc<dyn Store>,
    unshared: Mutex<HashMap<BenchScope, Bench>>,
}

impl Rests {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, unshared: Mutex::default() }
    }

    /// What keeps the grant from being renewed now.
    pub(crate) async fn of(&self, provider: &ProviderId, refresh: &Fingerprint, now: Timestamp) -> Option<Bench> {
        let shared = self.store.benches().await.unwrap_or_default();
        let found = resting(&shared, provider, refresh, now).cloned();
        found.or_else(|| {
            let unshared = self.unshared.lock().unwrap_or_else(PoisonError::into_inner);
            unshared.get(&scope(provider, refresh)).filter(|bench| bench.holds(now)).cloned()
        })
    }

    /// Notes that the refresh token is dead. Returns whether this was the first to notice, among all processes.
    pub(crate) async fn needs_login(&self, provider: &ProviderId, refresh: &Fingerprint, now: Timestamp) -> bool {
        let first = Arc::new(AtomicBool::new(false));
        let noticed = Arc::clone(&first);
        let at = scope(provider, refresh);
        self.update(at, now, move |scope, before| match before {
            Some(dead) if dead.class == FailureClass::NeedsLogin && dead.until.is_none() => dead.clone(),
            Some(_) | None => {
                noticed.store(true, Ordering::Relaxed);
                Bench { scope, class: FailureClass::NeedsLogin, strikes: 1, since: now, until: None }
            }
        })
        .await;
        first.load(Ordering::Relaxed)
    }

    /// Leaves the endpoint alone for this grant, and says until when.
    pub(crate) async fn pause(
        &self,
        provider: &ProviderId,
        refresh: &Fingerprint,
        verdict: Verdict,
        now: Timestamp,
    ) -> Timestamp {
        let at = scope(provider, refresh);
        let paused = self
            .update(at, now, move |scope, before| {
                let recent = |bench: &&Bench| bench.until.is_some_and(|until| now <= later(until, MEMORY));
                let strikes = before.filter(recent).map_or(0, |bench| bench.strikes).saturating_add(1);
                let rung = usize::try_from(strikes - 1).unwrap_or(usize::MAX).min(LADDER.len() - 1);
                let pause = match verdict {
                    Verdict::Dead | Verdict::Refused => REFUSED,
                    Verdict::Trouble { retry_after } => retry_after.map_or(LADDER[rung], |asked| asked.min(LONGEST)),
                };
                let until = Some(later(now, pause));
                Bench { scope, class: FailureClass::NotRenewed, strikes, since: now, until }
            })
            .await;
        paused.until.unwrap_or(now)
    }

    /// Forgets what was held against a refresh token that works.
    pub(crate) async fn clear(&self, provider: &ProviderId, refresh: &Fingerprint) {
        let scope = scope(provider, refresh);
        self.unshared.lock().unwrap_or_else(PoisonError::into_inner).remove(&scope);
        let known = self.store.benches().await.unwrap_or_default();
        if known.iter().any(|bench| bench.scope == scope)
            && let Err(fault) = self.store.update_bench(scope, Box::new(|_| None)).await
        {
            tracing::warn!(%fault, "a pause of a token endpoint could not be ended");
        }
    }

    /// Makes the bench of `scope` what `change` says, for all processes if possible, and returns it.
    async fn update(
        &self,
        scope: BenchScope,
        now: Timestamp,
        change: impl Fn(BenchScope, Option<&Bench>) -> Bench + Clone + Send + Sync + 'static,
    ) -> Bench {
        let kept = Arc::new(Mutex::new(None));
        let update: BenchUpdate = {
            let (scope, change, kept) = (scope.clone(), change.clone(), Arc::clone(&kept));
            Box::new(move |before| {
                let bench = change(scope.clone(), before);
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(bench.clone());
                Some(bench)
            })
        };
        let shared = self.store.update_bench(scope.clone(), update).await;
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (shared, kept) {
            (Ok(()), Some(bench)) => bench,
            (outcome, _) => {
                if let Err(fault) = outcome {
                    tracing::warn!(%fault, "a pause of a token endpoint is known to this process only");
                }
                let mut unshared = self.unshared.lock().unwrap_or_else(PoisonError::into_inner);
                unshared.retain(|_, bench| bench.until.is_none_or(|until| now <= later(until, MEMORY)));
                let bench = change(scope.clone(), unshared.get(&scope));
                unshared.insert(scope, bench.clone());
                bench
            }
        }
    }
}

fn scope(provider: &ProviderId, refresh: &Fingerprint) -> BenchScope {
    BenchScope { provider: provider.clone(), fingerprint: Some(refresh.clone()), model: None }
}
