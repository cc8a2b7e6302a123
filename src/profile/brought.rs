//! Profiles that are brought from another store, as they stand there.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::agent::AgentId;
use crate::profile::wire::Stored;
use crate::profile::{Document, Origin, Profile, ProfileId, SealPorts, Sealing, Usage};

/// The sections that are brought.
const SECTIONS: [&str; 4] = ["profiles", "order", "lastGood", "usageStats"];

/// What the family's programs write beside them, and what means nothing elsewhere.
const OF_NO_MEANING: [&str; 2] = ["version", "updatedAt"];

/// Profiles that are brought from another store, as they stand there: every field of an entry comes along, known or not.
///
/// No `Debug`: there are secrets in it.
#[derive(Clone, Default)]
pub struct Brought {
    /// The entries, by id; only such as can be read here.
    pub(crate) profiles: Map<String, Value>,
    /// The explicit orders, by provider.
    pub(crate) order: Map<String, Value>,
    /// The profile that answered last, by provider.
    pub(crate) last_good: Map<String, Value>,
    /// What was noted about the use of each.
    pub(crate) usage: Map<String, Value>,
}

impl Brought {
    /// What a store's document at `path` and that of its state hold, and what is left out of them, in words.
    ///
    /// An entry that cannot be read here is left out: nothing here could use it, and a reference to a place of the other
    /// program's own is no secret.
    pub(crate) fn of(store: &Map<String, Value>, state: &Map<String, Value>, path: &Path) -> (Self, Vec<String>) {
        let section = |name: &str| {
            let mut found = Map::new();
            // The state had its sections in the store once; what it says itself is newer.
            for document in [store, state] {
                found.extend(document.get(name).and_then(Value::as_object).cloned().unwrap_or_default());
            }
            found
        };
        let mut brought = Self {
            profiles: section("profiles"),
            order: section("order"),
            last_good: section("lastGood"),
            usage: section("usageStats"),
        };
        let mut left = Vec::new();
        for rejected in brought.read(path).rejected {
            brought.profiles.shift_remove(&rejected.id);
            left.push(format!("the profile {}: {}", rejected.id, rejected.why));
        }
        let known = |name: &&String| SECTIONS.contains(&name.as_str()) || OF_NO_MEANING.contains(&name.as_str());
        let unknown = store.keys().chain(state.keys()).filter(|name| !known(name));
        left.extend(unknown.map(|name| format!("`{name}`, of which nothing is known")));
        (brought, left)
    }

    /// The same for a store file.
    pub(crate) fn of_document(document: &Document, path: &Path) -> (Self, Vec<String>) {
        let fields = document.fields();
        Self::of(fields, &Map::new(), path)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        let Self { profiles, order, last_good, usage } = self;
        [profiles, order, last_good, usage].iter().all(|section| section.is_empty())
    }

    /// The profiles as they will be read here, in their order.
    pub fn profiles(&self, path: &Path) -> Vec<Profile> {
        self.read(path).profiles.into_values().map(Arc::unwrap_or_clone).collect()
    }

    /// The explicit order of each provider, as it is spelt there.
    pub fn orders(&self) -> impl Iterator<Item = (&str, Vec<ProfileId>)> {
        self.order.iter().map(|(provider, list)| (provider.as_str(), listed(list)))
    }

    /// What was noted about the use of each.
    pub fn usage(&self, path: &Path) -> Vec<(ProfileId, Usage)> {
        self.read(path).usage.into_iter().collect()
    }

    fn read(&self, path: &Path) -> Stored {
        let mut root = Map::new();
        for (name, section) in [("profiles", &self.profiles), ("order", &self.order), ("usageStats", &self.usage)] {
            root.insert(name.to_owned(), Value::Object(section.clone()));
        }
        let origin = Origin { agent: AgentId::main(), path: path.to_owned(), managed_by: None };
        // What another program seals is not opened here: no key of ours is in reach.
        let without_keys = Sealing::new(SealPorts::default(), Path::new(""), &[], None);
        Stored::of(&Document::of(root), &Arc::new(origin), &without_keys.keys())
    }
}

/// The ids in an explicit order.
pub(crate) fn listed(list: &Value) -> Vec<ProfileId> {
    let listed = list.as_array().into_iter().flatten();
    listed.filter_map(Value::as_str).filter_map(|id| ProfileId::new(id.trim())).collect()
}
