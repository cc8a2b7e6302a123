//! The changes that modelpin makes to an auth store.

use serde_json::{Map, Value};

use crate::catalog::ProviderId;
use crate::profile::document::entry;
use crate::profile::{Document, NewProfile, Presence, ProfileId, RenewedGrant};

/// What the family's programs note about failures.
const WINDOWS: [&str; 8] = [
    "cooldownUntil",
    "cooldownReason",
    "cooldownModel",
    "disabledUntil",
    "disabledReason",
    "errorCount",
    "failureCounts",
    "lastFailureAt",
];

impl Document {
    /// Puts `profile` under `id`. An entry that is there keeps its place, and its fields that modelpin does not know.
    pub fn set_profile(&mut self, id: &ProfileId, profile: &NewProfile) {
        self.change_section("profiles", |profiles| {
            let old = match profiles.get_mut(id.as_str()).map(Value::take) {
                Some(Value::Object(old)) => old,
                Some(_) | None => Map::new(),
            };
            profiles.insert(id.as_str().to_owned(), Value::Object(entry::written(old, profile)));
        });
        self.presence = Presence::Present;
    }

    /// Puts renewed tokens into the profile `id` if its refresh token is still the one that was used. Nothing but
    /// `access`, `refresh` and `expires` is touched. Returns whether they were put there.
    pub fn renew_grant(&mut self, id: &ProfileId, renewed: &RenewedGrant) -> bool {
        let entry = self.root.get_mut("profiles").and_then(|profiles| profiles.get_mut(id.as_str()));
        entry.and_then(Value::as_object_mut).is_some_and(|entry| entry::renew(entry, renewed))
    }

    /// Takes the profile `id` away, and every mention of it in `order`, `lastGood` and `usageStats`.
    ///
    /// Returns whether it was there.
    pub fn remove_profile(&mut self, id: &ProfileId) -> bool {
        let there = self.section("profiles").is_some_and(|profiles| profiles.contains_key(id.as_str()));
        if !there {
            return false;
        }
        let empty = self.change_section("profiles", |profiles| {
            profiles.shift_remove(id.as_str());
            profiles.is_empty()
        });
        self.forget_listed(id);
        self.within("lastGood", |good| good.retain(|_, value| value.as_str() != Some(id.as_str())));
        self.clear_usage(id);
        if empty {
            self.presence = Presence::Empty;
        }
        true
    }

    /// Takes `id` out of every order. An order without anybody in it goes.
    pub(crate) fn forget_listed(&mut self, id: &ProfileId) {
        self.within("order", |order| {
            for list in order.values_mut().filter_map(Value::as_array_mut) {
                list.retain(|listed| listed.as_str().is_none_or(|listed| listed.trim() != id.as_str()));
            }
            order.retain(|_, list| list.as_array().is_none_or(|list| !list.is_empty()));
        });
    }

    /// Takes the entry of `id` away and leaves every mention of it, for another store has it too. Returns whether it was
    /// there.
    #[cfg(feature = "cli")]
    pub(crate) fn remove_entry(&mut self, id: &ProfileId) -> bool {
        let mut there = false;
        if self.entry(id).is_some() {
            let empty = self.change_section("profiles", |profiles| {
                there = profiles.shift_remove(id.as_str()).is_some();
                profiles.is_empty()
            });
            if empty {
                self.presence = Presence::Empty;
            }
        }
        there
    }

    /// Sets the explicit order of `provider`. Lists under other spellings of it go, because the first one in the file
    /// would win. An empty list is the same as [`Document::clear_order`].
    pub fn set_order(&mut self, provider: &ProviderId, ids: &[ProfileId]) {
        if ids.is_empty() {
            self.clear_order(provider);
            return;
        }
        let mut list = Some(Value::Array(ids.iter().map(|id| Value::from(id.as_str())).collect()));
        self.change_section("order", |order| {
            let mut kept = Map::new();
            for (key, value) in std::mem::take(order) {
                if ProviderId::new(&key).as_ref() != Some(provider) {
                    kept.insert(key, value);
                } else if let Some(list) = list.take() {
                    kept.insert(provider.to_string(), list);
                }
            }
            if let Some(list) = list.take() {
                kept.insert(provider.to_string(), list);
            }
            *order = kept;
        });
        if self.presence == Presence::Missing {
            self.presence = Presence::Empty;
        }
    }

    /// Takes the explicit order of `provider` away, under every spelling. Returns whether there was one.
    pub fn clear_order(&mut self, provider: &ProviderId) -> bool {
        let mut there = false;
        self.within("order", |order| {
            order.retain(|key, _| {
                let same = ProviderId::new(key).as_ref() == Some(provider);
                there |= same;
                !same
            });
        });
        there
    }

    /// Takes away what the family's programs noted about the use of `id`, its windows among them.
    ///
    /// Returns whether there was anything.
    pub fn clear_usage(&mut self, id: &ProfileId) -> bool {
        let mut there = false;
        self.within("usageStats", |stats| there = stats.shift_remove(id.as_str()).is_some());
        there
    }

    /// Takes away the windows that the family's programs noted for `id`, and what they count towards the next one. When it
    /// was last used stays, because the order may go by that.
    ///
    /// Returns whether there was anything.
    pub fn clear_windows(&mut self, id: &ProfileId) -> bool {
        let mut there = false;
        self.within("usageStats", |stats| {
            let Some(Value::Object(noted)) = stats.get_mut(id.as_str()) else { return };
            for field in WINDOWS {
                there |= noted.shift_remove(field).is_some();
            }
            if there && noted.is_empty() {
                stats.shift_remove(id.as_str());
            }
        });
        there
    }

    /// Changes a section that is there, and lets it go when that leaves nothing of it.
    fn within(&mut self, section: &str, change: impl FnOnce(&mut Map<String, Value>)) {
        let Some(Value::Object(found)) = self.root.get_mut(section) else { return };
        let was_empty = found.is_empty();
        change(found);
        if found.is_empty() && !was_empty {
            self.root.shift_remove(section);
        }
    }
}
