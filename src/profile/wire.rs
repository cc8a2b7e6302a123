//! The JSON of an auth store, read into domain types: one bad entry never hides the others.

mod entry;
pub(crate) mod fields;
mod usage;

use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::catalog::ProviderId;
use crate::profile::{Document, Keys, Origin, Profile, ProfileId, Rejected, Seal, Usage};
use crate::redact;

/// One file, read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stored {
    /// In file order.
    pub(crate) profiles: IndexMap<ProfileId, Arc<Profile>>,
    /// The first spelling of a provider in the file wins.
    pub(crate) order: IndexMap<ProviderId, Vec<ProfileId>>,
    pub(crate) usage: IndexMap<ProfileId, Usage>,
    pub(crate) rejected: Vec<Rejected>,
}

impl Stored {
    /// Reads `document`, which came from `origin`. What is sealed in it is opened with `keys`; a profile whose secrets do not
    /// open is there all the same, without them.
    pub(crate) fn of(document: &Document, origin: &Arc<Origin>, keys: &Keys<'_>) -> Self {
        let mut stored = Self::default();
        let entries = document.section("profiles");
        stored.profiles.reserve(entries.map_or(0, Map::len));
        for (key, value) in entries.into_iter().flatten() {
            let read = ProfileId::new(key).ok_or_else(|| "its id is blank".to_owned()).and_then(|id| {
                let profile = entry::profile(id.clone(), value, origin, keys)?;
                Ok((id, profile))
            });
            match read {
                Ok((id, profile)) => drop(stored.profiles.insert(id, Arc::new(profile))),
                Err(why) => stored.reject(key, &origin.path, why),
            }
        }
        // What was sealed shows only now.
        let opened = stored.profiles.values().filter(|profile| profile.seal == Seal::Opened);
        redact::learn(opened.flat_map(|profile| profile.secrets()).collect::<Vec<_>>());
        for (key, value) in document.section("order").into_iter().flatten() {
            let ids = order(value);
            match ProviderId::new(key) {
                Some(provider) if !ids.is_empty() => drop(stored.order.entry(provider).or_insert(ids)),
                Some(_) | None => {}
            }
        }
        for (key, value) in document.section("usageStats").into_iter().flatten() {
            if let (Some(id), Some(stats)) = (ProfileId::new(key), value.as_object()) {
                stored.usage.insert(id, usage::usage(stats));
            }
        }
        stored
    }

    /// Whether there is a profile whose secrets did not open.
    pub(crate) fn is_closed(&self) -> bool {
        self.profiles.values().any(|profile| profile.closed().is_some())
    }

    fn reject(&mut self, id: &str, path: &Path, why: String) {
        self.rejected.push(Rejected { id: id.to_owned(), path: path.to_owned(), why });
    }
}

/// The ids in one list of `order`: trimmed, blanks and whatever is no text left out.
fn order(value: &Value) -> Vec<ProfileId> {
    let listed = value.as_array().into_iter().flatten();
    listed.filter_map(Value::as_str).filter_map(|id| ProfileId::new(id.trim())).collect()
}

/// A field that is text and not blank, trimmed.
fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}
