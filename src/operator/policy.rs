//! Changes of who may do what: made in the configuration, and told in the audit when they come into force.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use jiff::Timestamp;

use crate::audit::{Demand, Entry, Kind, Surface};
use crate::session::Actor;
use crate::store::{Store, StoreFault};

/// Before the key of a setting, the name of the mark with what was last seen there.
const SETTING: &str = "setting:";
/// The mark that settings have been seen at all.
const SEEN: &str = "settings-seen";

/// Writes a row for each setting of `policy` that is not as it was last seen. Of all processes on the same state, the first
/// to see a change writes it.
///
/// # Errors
/// The state could not be read or written; what was not told is told the next time.
pub(crate) async fn note_policy(
    store: &dyn Store,
    policy: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<(), StoreFault> {
    let known: BTreeMap<String, String> = store.marks(SETTING).await?.into_iter().collect();
    let is_first = store.marks(SEEN).await?.is_empty();
    let entry = |kind, subject: Option<&str>, before: Option<&String>, after: Option<String>, reason: &str| Entry {
        at: now,
        actor: Actor { channel: "file".to_owned(), id: "configuration".to_owned(), name: None },
        surface: Surface::File,
        kind,
        session: None,
        subject: subject.map(str::to_owned),
        before: before.cloned(),
        after,
        reason: reason.to_owned(),
        profiles: Vec::new(),
    };
    let required = false;
    let gone = known.keys().filter_map(|name| name.strip_prefix(SETTING)).filter(|key| !policy.contains_key(*key));
    let changed = policy.keys().map(String::as_str).chain(gone).filter_map(|key| {
        let name = format!("{SETTING}{key}");
        let (before, after) = (known.get(&name).cloned(), policy.get(key).cloned());
        let demand = (!is_first).then(|| Demand {
            entry: Entry {
                profiles: profile_of(key).into_iter().collect(),
                ..entry(kind_of(key), Some(key), before.as_ref(), after.clone(), "the configuration was changed")
            },
            required,
        });
        (before != after).then_some((name, before, after, demand))
    });
    // All at once, so that they cost one write.
    let swaps = changed.map(async |(name, before, after, demand)| {
        let swapped = store.swap_mark(&name, before.as_deref(), after.as_deref(), demand).await?;
        if let Some(fault) = swapped.unaudited {
            tracing::error!(%fault, name, "a change of the configuration is not in the audit");
        }
        Ok::<(), StoreFault>(())
    });
    try_join_all(swaps).await?;
    // Last, so that whoever comes meanwhile takes nothing of it for a change.
    if is_first {
        let after = Some(format!("{} settings", policy.len()));
        let entry = entry(Kind::Policy, None, None, after, "seen for the first time");
        store.swap_mark(SEEN, None, Some("yes"), Some(Demand { entry, required })).await?;
    }
    Ok(())
}

fn kind_of(key: &str) -> Kind {
    if key.starts_with("auth.order.") {
        Kind::Order
    } else if profile_of(key).is_some() {
        Kind::Grant
    } else {
        Kind::Policy
    }
}

fn profile_of(key: &str) -> Option<String> {
    let rest = key.strip_prefix("auth.profiles.")?;
    rest.strip_suffix(".grants").or_else(|| rest.strip_suffix(".visibility")).map(str::to_owned)
}
