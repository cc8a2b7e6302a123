//! Taking over what is brought from another store.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::catalog::ProviderId;
use crate::profile::brought::listed;
use crate::profile::document::entry;
use crate::profile::{Brought, Document, Fingerprint, Presence, ProfileId};
use crate::redact::secrets_in;

/// What became, or would become, of something that is brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It was not here, and is now.
    Taken,
    /// Something else was here, and this is in its place.
    Replaced,
    /// It is here already.
    Present,
    /// Something else is here, and stays.
    Kept,
    /// A login of the same account is here that ends later, and stays whatever was asked for: what is brought was good
    /// once, and putting it back would lose the one that replaced it.
    Outdated,
}

impl Fate {
    /// Whether something changes by it.
    pub fn changes(self) -> bool {
        match self {
            Self::Taken | Self::Replaced => true,
            Self::Present | Self::Kept | Self::Outdated => false,
        }
    }
}

/// What became, or would become, of everything that is brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TakenOver {
    /// Of each profile.
    pub profiles: Vec<(String, Fate)>,
    /// Of the order of each provider, as that is spelt where it came from.
    pub orders: Vec<(String, Fate)>,
    /// Of what was noted about each profile.
    pub usage: Vec<(String, Fate)>,
}

impl TakenOver {
    fn of_profile(&self, id: &str) -> Option<Fate> {
        self.profiles.iter().find(|(other, _)| other == id).map(|(_, fate)| *fate)
    }
}

impl Document {
    /// Takes over what is brought. What is here stays, unless `replace`; done twice, the second time changes nothing.
    pub fn take_over(&mut self, brought: &Brought, replace: bool) -> TakenOver {
        let mut over = TakenOver::default();
        for (id, new) in &brought.profiles {
            let fate = self.take_profile(id, new, replace);
            over.profiles.push((id.clone(), fate));
        }
        for (provider, list) in &brought.order {
            if let Some(fate) = self.take_order(provider, &listed(list), replace) {
                over.orders.push((provider.clone(), fate));
            }
        }
        for (provider, id) in &brought.last_good {
            if self.section("lastGood").is_none_or(|good| !good.contains_key(provider)) {
                self.change_section("lastGood", |good| good.insert(provider.clone(), id.clone()));
            }
        }
        for (id, noted) in &brought.usage {
            let fate = self.take_usage(id, noted, over.of_profile(id));
            over.usage.push((id.clone(), fate));
        }
        for (id, fate) in &over.profiles {
            if let (Fate::Replaced, false, Some(id)) = (fate, brought.usage.contains_key(id), ProfileId::new(id)) {
                // That was about the old one.
                self.clear_usage(&id);
            }
        }
        over
    }

    /// Whether every secret that was taken over is here, by its fingerprint, in the field it was in; and how many are.
    /// `None` when one is not.
    pub fn verified(&self, brought: &Brought, over: &TakenOver) -> Option<usize> {
        let profiles = self.section("profiles");
        let mut secrets = 0;
        for (id, fate) in &over.profiles {
            if !fate.changes() {
                continue;
            }
            let wanted = brought.profiles.get(id).map(fingerprints)?;
            let found = profiles.and_then(|profiles| profiles.get(id)).map(fingerprints)?;
            if !wanted.iter().all(|mark| found.contains(mark)) {
                return None;
            }
            secrets += wanted.len();
        }
        Some(secrets)
    }

    fn take_profile(&mut self, id: &str, new: &Value, replace: bool) -> Fate {
        let old = self.section("profiles").and_then(|profiles| profiles.get(id)).cloned();
        let (entry, fate) = match old {
            None => (new.clone(), Fate::Taken),
            Some(old) if entry::is_same_credential(&old, new) => return Fate::Present,
            Some(old) if entry::is_later_login(&old, new) => return Fate::Outdated,
            Some(_) if !replace => return Fate::Kept,
            Some(old) => (entry::replaced(&old, new), Fate::Replaced),
        };
        self.change_section("profiles", |profiles| profiles.insert(id.to_owned(), entry));
        self.presence = Presence::Present;
        fate
    }

    /// `None` for an order that says nothing.
    fn take_order(&mut self, provider: &str, ids: &[ProfileId], replace: bool) -> Option<Fate> {
        let provider = ProviderId::new(provider).filter(|_| !ids.is_empty())?;
        let is_his = |(key, _): &(&String, &Value)| ProviderId::new(key).as_ref() == Some(&provider);
        let here = self.section("order").into_iter().flatten().find(is_his).map(|(_, list)| listed(list));
        let fate = match here {
            None => Fate::Taken,
            Some(here) if here == ids => return Some(Fate::Present),
            Some(_) if !replace => return Some(Fate::Kept),
            Some(_) => Fate::Replaced,
        };
        self.set_order(&provider, ids);
        Some(fate)
    }

    /// What was noted is about the secret that was there, so it goes with that.
    fn take_usage(&mut self, id: &str, noted: &Value, profile: Option<Fate>) -> Fate {
        let here = self.section("usageStats").and_then(|stats| stats.get(id));
        let fate = match (here, profile) {
            (Some(here), _) if here == noted => return Fate::Present,
            (_, Some(Fate::Kept | Fate::Outdated)) | (Some(_), Some(Fate::Present) | None) => return Fate::Kept,
            (Some(_), Some(Fate::Taken | Fate::Replaced)) => Fate::Replaced,
            (None, _) => Fate::Taken,
        };
        self.change_section("usageStats", |stats| stats.insert(id.to_owned(), noted.clone()));
        fate
    }
}

/// The fingerprint of every secret in an entry, with the field it is in.
fn fingerprints(entry: &Value) -> Vec<(String, Fingerprint)> {
    let fields = entry.as_object().into_iter().flatten();
    let of_field = |(name, value): (&String, &Value)| {
        let mut field = Map::new();
        field.insert(name.clone(), value.clone());
        let secrets = secrets_in(&Value::Object(field));
        secrets.into_iter().map(|secret| (name.clone(), Fingerprint::of(&secret))).collect::<Vec<_>>()
    };
    fields.flat_map(of_field).collect()
}
