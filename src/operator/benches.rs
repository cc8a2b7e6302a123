//! Letting credentials off their bench.

use crate::audit::Kind;
use crate::health::Bench;
use crate::operator::{Deed, Desk, Trouble};
use crate::profile::{Fingerprint, ProfileId};

/// What was cleared, and what was left.
pub(crate) struct Cleared {
    /// The benches that were taken away, as they were.
    pub(crate) benches: Vec<Bench>,
    /// The others.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "told at the command line"))]
    pub(crate) others: Vec<Bench>,
}

/// Takes away the benches that are `meant`. `profiles`: those that are meant, for the audit.
///
/// # Errors
/// The state could not be read or written.
pub(crate) async fn clear_benches(
    desk: &Desk,
    profiles: &[ProfileId],
    meant: impl Fn(&Bench) -> bool,
) -> Result<Cleared, Trouble> {
    let (benches, others): (Vec<Bench>, Vec<Bench>) = desk.store.benches().await?.iter().cloned().partition(meant);
    if benches.is_empty() {
        return Ok(Cleared { benches, others });
    }
    let names: Vec<String> = profiles.iter().map(ToString::to_string).collect();
    let told: Vec<String> = benches.iter().map(|bench| format!("{} ({})", bench.scope, bench.class)).collect();
    let change = Deed {
        kind: Kind::Credential,
        subject: if names.is_empty() { "all".to_owned() } else { names.join(", ") },
        before: Some(told.join("; ")),
        after: None,
        reason: "benches cleared".to_owned(),
        profiles: names,
    };
    let clear = async {
        for bench in &benches {
            desk.store.update_bench(bench.scope.clone(), Box::new(|_| None)).await?;
        }
        Ok::<(), Trouble>(())
    };
    desk.audited(change, clear).await?;
    Ok(Cleared { benches, others })
}

/// Whether a bench is that of one of these secrets.
pub(crate) fn is_of(bench: &Bench, prints: &[Fingerprint]) -> bool {
    bench.scope.fingerprint.as_ref().is_some_and(|print| prints.contains(print))
}
