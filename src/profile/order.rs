//! Which profiles of a provider are tried, and in which order.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::catalog::{ModelId, ProviderId};
use crate::config::{AuthConfig, Mode};
use crate::profile::{Credential, Exclusion, Expiry, OAuth, Profile, ProfileId, Profiles, SecretValue};

/// Providers whose cooldown notes are passed over, as in the family: they route around trouble themselves.
const NEVER_COOL: [&str; 2] = ["openrouter", "kilocode"];

/// The profiles of one provider in the order in which they are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The eligible ones, the next one first. Those in a window of the family's come last.
    pub candidates: Vec<ProfileId>,
    /// The others that were named or are stored, with the reason.
    pub excluded: Vec<(ProfileId, Exclusion)>,
    /// Where the list came from.
    pub basis: Basis,
}

/// Where the list of profiles came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// `order` in the store.
    StoreOrder,
    /// `auth.order` in the configuration.
    ConfigOrder,
    /// The profiles that `auth.profiles` declares.
    ConfigProfiles,
    /// All that are stored.
    Stored,
}

/// The profiles of `provider` in the order in which they are tried at `now`, whatever the model.
///
/// Rules: the explicit order of the store, else that of the configuration, else the declared profiles, else all stored
/// ones. An explicit order is kept; otherwise OAuth grants come before tokens before keys, the one unused for longest
/// first. The login of another program that nobody named comes after what was stored on purpose. If none of the listed profiles exists any more, all stored ones are taken.
pub fn order(provider: &ProviderId, profiles: &Profiles, auth: &AuthConfig, now: Timestamp) -> Order {
    order_for(provider, None, profiles, auth, now)
}

/// [`order`] for one model: a rate limit that was noted for another model does not move a profile to the end.
pub fn order_for(
    provider: &ProviderId,
    model: Option<&ModelId>,
    profiles: &Profiles,
    auth: &AuthConfig,
    now: Timestamp,
) -> Order {
    let (mut basis, listed) = base(provider, profiles, auth);
    let (mut candidates, mut excluded) = sift(provider, &listed, profiles, auth, now);
    let declared = auth.profiles.values().any(|declared| declared.provider == *provider);
    let drifted = declared && listed.iter().all(|id| !profiles.by_id.contains_key(*id));
    if candidates.is_empty() && drifted && !listed.is_empty() {
        basis = Basis::Stored;
        let (found, rest) = sift(provider, &stored(provider, profiles), profiles, auth, now);
        candidates = found;
        excluded.extend(rest);
    } else if basis != Basis::Stored {
        let why = if basis == Basis::ConfigProfiles { Exclusion::NotDeclared } else { Exclusion::NotInOrder };
        let named: HashSet<&ProfileId> = listed.iter().copied().collect();
        let others = stored(provider, profiles).into_iter().filter(|id| !named.contains(id));
        // Naming it would not help one that does not open.
        let closed = |id| profiles.get(id).and_then(Profile::closed).cloned().map(Exclusion::Sealed);
        excluded.extend(others.map(|id| (id.clone(), closed(id).unwrap_or_else(|| why.clone()))));
    }
    sort(&mut candidates, basis, provider, model, profiles, now);
    Order { candidates: candidates.into_iter().map(|profile| profile.id.clone()).collect(), excluded, basis }
}

/// Whether `profile` can be used at all: what the configuration says of it, and what is in it.
///
/// # Errors
///
/// The reason why not.
pub fn eligible(profile: &Profile, auth: &AuthConfig, now: Timestamp) -> Result<(), Exclusion> {
    if let Some(declared) = auth.profiles.get(&profile.id) {
        if declared.provider != profile.provider {
            return Err(Exclusion::ProviderMismatch);
        }
        match (declared.mode, &profile.credential) {
            (Mode::OAuth, Credential::Token { token: SecretValue::Ref(_), .. }) => {
                return Err(Exclusion::ReferenceUnderOAuth);
            }
            (Mode::ApiKey, Credential::ApiKey { .. })
            | (Mode::Token, Credential::Token { .. })
            | (Mode::OAuth, Credential::OAuth(_) | Credential::Token { .. }) => {}
            (Mode::ApiKey | Mode::Token | Mode::OAuth, _) => return Err(Exclusion::ModeMismatch),
        }
    }
    if let Some(why) = profile.closed() {
        return Err(Exclusion::Sealed(why.clone()));
    }
    match &profile.credential {
        Credential::ApiKey { key } => present(key),
        Credential::Token { token, expires } => present(token).and_then(|()| running(*expires, now)),
        Credential::OAuth(OAuth { access: None, refresh: None, .. }) => Err(Exclusion::MissingCredential),
        Credential::OAuth(OAuth { refresh: Some(_), .. }) => Ok(()),
        Credential::OAuth(OAuth { expires, .. }) => {
            running(*expires, now).map_err(|why| match (why, profile.origin.managed_by) {
                (Exclusion::Expired(end), Some(cli)) => Exclusion::ExpiredOutside(cli, end),
                (why, _) => why,
            })
        }
    }
}

/// The ids to begin with, and where they come from.
fn base<'a>(provider: &ProviderId, profiles: &'a Profiles, auth: &'a AuthConfig) -> (Basis, Vec<&'a ProfileId>) {
    if let Some(ids) = profiles.order.get(provider) {
        return (Basis::StoreOrder, ids.iter().collect());
    }
    if let Some(ids) = auth.order.get(provider) {
        return (Basis::ConfigOrder, ids.iter().collect());
    }
    let declared = auth.profiles.iter().filter(|(_, declared)| declared.provider == *provider);
    let declared: Vec<&ProfileId> = declared.map(|(id, _)| id).collect();
    if declared.is_empty() { (Basis::Stored, stored(provider, profiles)) } else { (Basis::ConfigProfiles, declared) }
}

fn stored<'a>(provider: &ProviderId, profiles: &'a Profiles) -> Vec<&'a ProfileId> {
    profiles.by_id.values().filter(|profile| profile.provider == *provider).map(|profile| &profile.id).collect()
}

/// Parts the eligible from the others; an id that is listed twice counts once.
fn sift<'a>(
    provider: &ProviderId,
    listed: &[&ProfileId],
    profiles: &'a Profiles,
    auth: &AuthConfig,
    now: Timestamp,
) -> (Vec<&'a Profile>, Vec<(ProfileId, Exclusion)>) {
    let mut seen = HashSet::with_capacity(listed.len());
    let (mut candidates, mut excluded) = (Vec::new(), Vec::new());
    for id in listed.iter().filter(|id| seen.insert(**id)) {
        let verdict = match profiles.get(id) {
            None => Err(Exclusion::ProfileMissing),
            Some(profile) if profile.provider != *provider => Err(Exclusion::ProviderMismatch),
            Some(profile) => eligible(profile, auth, now).map(|()| profile),
        };
        match verdict {
            Ok(profile) => candidates.push(profile),
            Err(why) => excluded.push(((*id).clone(), why)),
        }
    }
    (candidates, excluded)
}

/// Usable ones first, then those in a window by its end. Both sorts are stable, so equals keep the order of the file.
fn sort(
    candidates: &mut [&Profile],
    basis: Basis,
    provider: &ProviderId,
    model: Option<&ModelId>,
    profiles: &Profiles,
    now: Timestamp,
) {
    let cools = !NEVER_COOL.contains(&provider.as_str());
    candidates.sort_by_cached_key(|profile| {
        let usage = profiles.usage.get(&profile.id);
        let cooling = usage.filter(|_| cools).and_then(|usage| usage.cooling(model, now));
        // `None` sorts before every time: never used comes first.
        let rank = match (cooling, basis) {
            (Some(_), _) | (None, Basis::StoreOrder | Basis::ConfigOrder) => (0, None),
            (None, Basis::Stored) if profile.origin.managed_by.is_some() => (OUTSIDE, None),
            (None, Basis::Stored | Basis::ConfigProfiles) => {
                (kind(&profile.credential), usage.and_then(|usage| usage.last_used))
            }
        };
        (cooling, rank)
    });
}

/// After every kind.
const OUTSIDE: u8 = 3;

fn kind(credential: &Credential) -> u8 {
    match credential {
        Credential::OAuth(_) => 0,
        Credential::Token { .. } => 1,
        Credential::ApiKey { .. } => 2,
    }
}

fn present(secret: &SecretValue) -> Result<(), Exclusion> {
    match secret {
        SecretValue::Missing => Err(Exclusion::MissingCredential),
        SecretValue::Inline(_) | SecretValue::Ref(_) => Ok(()),
    }
}

fn running(expires: Expiry, now: Timestamp) -> Result<(), Exclusion> {
    match expires {
        Expiry::Never => Ok(()),
        Expiry::Invalid => Err(Exclusion::InvalidExpires),
        Expiry::At(end) if now < end => Ok(()),
        Expiry::At(end) => Err(Exclusion::Expired(end)),
    }
}
