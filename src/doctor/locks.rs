//! Locks and temporary files that a crash has left behind.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::doctor::{Code, Finding, Repair, Severity};
use crate::profile::{AuthFile, Document, Fingerprint};

/// Those beside the stores at `stores`.
pub(crate) fn of_locks(stores: &[PathBuf], now: Timestamp) -> Vec<Finding> {
    stores.iter().flat_map(|store| locks(store, now).into_iter().chain(temporaries(store, now))).collect()
}

fn locks(store: &Path, now: Timestamp) -> Vec<Finding> {
    let stale = AuthFile::at(store).abandoned_locks(now);
    stale
        .into_iter()
        .map(|lock| {
            let what = "is a lock that nobody holds any more; programs of the family wait for it";
            let finding = Finding::new(Code::LockStale, Severity::Warning, what, "take it away").at(&lock);
            finding.mended_by(Some(Repair::Lock { store: store.to_owned(), lock }))
        })
        .collect()
}

fn temporaries(store: &Path, now: Timestamp) -> Vec<Finding> {
    let file = AuthFile::at(store);
    let known: Vec<Fingerprint> = file.read().map(|document| fingerprints(&document)).unwrap_or_default();
    let left = file.leftovers(now);
    left.into_iter()
        .map(|path| {
            let told = holds(&path).is_some_and(|inside| inside.iter().all(|print| known.contains(print)));
            let what = "is left of a write that was cut off";
            let (fix, repair) = if told {
                (
                    "take it away: what is in it is in the store",
                    Some(Repair::Temporary { store: store.to_owned(), path: path.clone() }),
                )
            } else {
                ("look into it first: there may be a secret in it that is nowhere else; then delete it", None)
            };
            Finding::new(Code::TemporaryLeft, Severity::Warning, what, fix).at(&path).mended_by(repair)
        })
        .collect()
}

/// What the secrets in a file look like from outside; `None` where that cannot be told.
pub(crate) fn holds(path: &Path) -> Option<Vec<Fingerprint>> {
    if fs::metadata(path).ok()?.len() == 0 {
        return Some(Vec::new());
    }
    AuthFile::at(path).read().ok().map(|document| fingerprints(&document))
}

/// Those of every secret in a store.
pub(crate) fn fingerprints(document: &Document) -> Vec<Fingerprint> {
    document.secrets().iter().map(Fingerprint::of).collect()
}
