//! What was last seen of the auth stores that somebody has asked for, kept fresh by looking again and again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deadpool_postgres::Object;
use tokio::time::{sleep, timeout};

use crate::profile::{Kept, Seen, StoreFileFault};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::{Shared, vault};

/// How often it is looked whether one has changed. A change is to be seen within a second.
const EVERY: Duration = Duration::from_millis(400);

/// How long one look may take: whoever reads is to be told soon that the database is away.
const TO_LOOK: Duration = Duration::from_secs(5);

/// What was last seen.
#[derive(Debug, Default)]
pub(super) struct Watch {
    looks: Mutex<Looks>,
    is_looking: AtomicBool,
}

#[derive(Debug, Default)]
struct Looks {
    /// Changes with each write of ours: what was asked before one and answered after it is older than it.
    turn: u64,
    seen: HashMap<String, Seen>,
}

impl Watch {
    /// Names the moment in which something is asked, for [`Watch::note`].
    pub(super) fn turn(&self) -> u64 {
        self.looks().turn
    }

    /// Notes what came of asking for `name` in `turn`.
    pub(super) fn note(&self, name: &str, turn: u64, found: &Result<Option<Kept>, StoreFileFault>) {
        let mut looks = self.looks();
        let is_old = looks.turn != turn;
        let seen = looks.seen.entry(name.to_owned()).or_default();
        match found {
            Ok(found) => {
                if !is_old && !is_older(found.as_ref(), seen.kept.as_ref()) {
                    seen.kept.clone_from(found);
                }
                seen.trouble = None;
            }
            Err(fault) => seen.trouble = Some(fault.clone()),
        }
    }

    /// Notes what we have put under `name`.
    pub(super) fn note_put(&self, name: &str, kept: Kept) {
        let mut looks = self.looks();
        looks.turn += 1;
        let seen = looks.seen.entry(name.to_owned()).or_default();
        if !is_older(Some(&kept), seen.kept.as_ref()) {
            *seen = Seen { kept: Some(kept), trouble: None };
        }
    }

    /// What was last seen under `name`; `None` when nobody has asked for it.
    pub(super) fn seen(&self, name: &str) -> Option<Seen> {
        self.looks().seen.get(name).cloned()
    }

    fn known(&self) -> (u64, Vec<(String, Option<i64>)>) {
        let looks = self.looks();
        let revision = |seen: &Seen| seen.kept.as_ref().map(|kept| kept.revision);
        (looks.turn, looks.seen.iter().map(|(name, seen)| (name.clone(), revision(seen))).collect())
    }

    fn looks(&self) -> MutexGuard<'_, Looks> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether `found` is a version of before `known`.
fn is_older(found: Option<&Kept>, known: Option<&Kept>) -> bool {
    matches!((found, known), (Some(found), Some(known)) if found.revision < known.revision)
}

impl Shared {
    /// Whether nobody looks again and again yet; whoever is told so begins.
    pub(super) fn is_unwatched(&self) -> bool {
        !self.watch.is_looking.swap(true, Ordering::AcqRel)
    }

    /// Looks again and again, for as long as the runtime is there.
    pub(super) async fn look_on(self: Arc<Self>) {
        loop {
            sleep(EVERY).await;
            let (turn, known) = self.watch.known();
            let looked = timeout(TO_LOOK, self.changed(&known)).await.unwrap_or(Err(Failure::Silent(TO_LOOK)));
            match looked {
                Ok(changed) => {
                    for (name, kept) in changed {
                        self.watch.note(&name, turn, &Ok(kept));
                    }
                }
                Err(failure) => {
                    let fault = failure.of(&self.shown);
                    for (name, _) in known {
                        let told = vault::told(fault.clone(), place(&self.shown, &name));
                        self.watch.note(&name, turn, &Err(told));
                    }
                }
            }
        }
    }

    /// What is under each name now: read again only where its revision is another one.
    async fn changed(&self, known: &[(String, Option<i64>)]) -> Result<Vec<(String, Option<Kept>)>, Failure> {
        let client = self.client().await?;
        let found = self.found(&client, known).await;
        Self::back(client, found)
    }

    async fn found(
        &self,
        client: &Object,
        known: &[(String, Option<i64>)],
    ) -> Result<Vec<(String, Option<Kept>)>, Failure> {
        let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        let revisions = vault::revisions(client, &names).await?;
        let mut found = Vec::with_capacity(known.len());
        for (name, before) in known {
            let now = revisions.get(name).copied();
            let kept = match self.watch.seen(name).and_then(|seen| seen.kept) {
                Some(kept) if now.is_some() && now == *before && Some(kept.revision) == now => Some(kept),
                _ if now.is_none() => None,
                _ => vault::load(client, name).await?,
            };
            found.push((name.clone(), kept));
        }
        Ok(found)
    }
}

/// What the auth store `name` is called, in the database that is shown as `shown`.
pub(super) fn place(shown: &Path, name: &str) -> PathBuf {
    PathBuf::from(format!("{}#{name}", shown.display()))
}
