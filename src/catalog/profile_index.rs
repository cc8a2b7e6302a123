//! Profiles by every name they can be called by.

use std::collections::HashMap;

use crate::catalog::{KnownProfiles, ProfileMatch, ProviderId, fold};
use crate::profile::{ProfileId, Profiles};

/// Profiles by every name they can be called by. Built once for each state of the store.
///
/// Shows every profile; [`ProfileIndex::seen_by`] shows what one person may see.
#[derive(Debug, Clone, Default)]
pub struct ProfileIndex {
    /// In the order of the store.
    profiles: Vec<(ProfileId, ProviderId)>,
    exact: HashMap<String, usize>,
    /// `provider:name` in canonical spelling, for ids that spell their provider otherwise (`Z.AI:work`).
    respelled: HashMap<String, Vec<usize>>,
    /// Both of the above without letter case.
    folded: HashMap<String, Vec<usize>>,
    by_provider: HashMap<ProviderId, Vec<usize>>,
}

/// A [`ProfileIndex`] as one person sees it.
#[derive(Debug, Clone, Copy)]
pub struct SeenProfiles<'a, F> {
    index: &'a ProfileIndex,
    may_see: F,
}

impl ProfileIndex {
    /// The index of `profiles`.
    pub fn new(profiles: &Profiles) -> Self {
        profiles.by_id.values().map(|profile| (profile.id.clone(), profile.provider.clone())).collect()
    }

    /// The index as somebody sees it who may see the profiles that `may_see` says yes to.
    pub fn seen_by<F: Fn(&ProfileId) -> bool>(&self, may_see: F) -> SeenProfiles<'_, F> {
        SeenProfiles { index: self, may_see }
    }

    fn add(&mut self, id: ProfileId, provider: ProviderId) {
        let at = self.profiles.len();
        let text = id.as_str();
        self.exact.insert(text.to_owned(), at);
        self.folded.entry(fold::fold(text)).or_default().push(at);
        if let Some((prefix, name)) = text.split_once(':')
            && prefix != provider.as_str()
            && ProviderId::new(prefix).as_ref() == Some(&provider)
        {
            let respelled = format!("{provider}:{name}");
            let same_folded = self.folded.entry(fold::fold(&respelled)).or_default();
            if !same_folded.contains(&at) {
                same_folded.push(at);
            }
            self.respelled.entry(respelled).or_default().push(at);
        }
        self.by_provider.entry(provider.clone()).or_default().push(at);
        self.profiles.push((id, provider));
    }

    fn look(&self, provider: &ProviderId, name: &str, may_see: impl Fn(&ProfileId) -> bool) -> ProfileMatch {
        let seen = |at: &usize| may_see(&self.profiles[*at].0);
        let theirs = |at: &usize| self.profiles[*at].1 == *provider;
        let full = self.exact.get(name).filter(|at| seen(at));
        if let Some(at) = full.filter(|at| theirs(at)) {
            return ProfileMatch::One(self.profiles[*at].0.clone());
        }
        let long = format!("{provider}:{name}");
        if let Some(at) = self.exact.get(&long).filter(|at| theirs(at) && seen(at)) {
            return ProfileMatch::One(self.profiles[*at].0.clone());
        }
        let visible = |at: &&usize| theirs(at) && seen(at);
        let respelled = [name, long.as_str()].into_iter().flat_map(|key| self.respelled.get(key).into_iter().flatten());
        if let Some(found) = self.collect(respelled.filter(visible)) {
            return found;
        }
        let keys = [fold::fold(name), fold::fold(&long)];
        let folded = || keys.iter().flat_map(|key| self.folded.get(key).into_iter().flatten());
        if let Some(found) = self.collect(folded().filter(visible)) {
            return found;
        }
        let elsewhere = full.or_else(|| folded().find(|at| seen(at)));
        elsewhere.map_or(ProfileMatch::None, |at| {
            let (id, owner) = &self.profiles[*at];
            ProfileMatch::Elsewhere(id.clone(), owner.clone())
        })
    }

    fn collect<'a>(&self, found: impl Iterator<Item = &'a usize>) -> Option<ProfileMatch> {
        let mut found: Vec<usize> = found.copied().collect();
        found.sort_unstable();
        found.dedup();
        let mut ids: Vec<ProfileId> = found.into_iter().map(|at| self.profiles[at].0.clone()).collect();
        match ids.len() {
            0 => None,
            1 => ids.pop().map(ProfileMatch::One),
            _ => Some(ProfileMatch::Several(ids)),
        }
    }

    fn list(&self, provider: &ProviderId, may_see: impl Fn(&ProfileId) -> bool) -> Vec<ProfileId> {
        let theirs = self.by_provider.get(provider).into_iter().flatten();
        theirs.map(|at| &self.profiles[*at].0).filter(|id| may_see(id)).cloned().collect()
    }
}

impl FromIterator<(ProfileId, ProviderId)> for ProfileIndex {
    fn from_iter<I: IntoIterator<Item = (ProfileId, ProviderId)>>(profiles: I) -> Self {
        let mut index = Self::default();
        for (id, provider) in profiles {
            index.add(id, provider);
        }
        index
    }
}

impl KnownProfiles for ProfileIndex {
    fn find(&self, provider: &ProviderId, name: &str) -> ProfileMatch {
        self.look(provider, name, |_| true)
    }

    fn of(&self, provider: &ProviderId) -> Vec<ProfileId> {
        self.list(provider, |_| true)
    }
}

impl<F: Fn(&ProfileId) -> bool> KnownProfiles for SeenProfiles<'_, F> {
    fn find(&self, provider: &ProviderId, name: &str) -> ProfileMatch {
        self.index.look(provider, name, &self.may_see)
    }

    fn of(&self, provider: &ProviderId) -> Vec<ProfileId> {
        self.index.list(provider, &self.may_see)
    }
}
