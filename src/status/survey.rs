//! Every credential as it stands, and whether it is in use.

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};

use crate::catalog::{ModelId, ModelRef, ProviderId, vendors};
use crate::profile::{
    Basis, Credential, Exclusion, Fingerprint, Order, Profile, ProfileId, SecretRef, SecretValue, order_for,
};
use crate::receipt::BillingClass;
use crate::resolver::{Candidate, CredentialId, Standing};
use crate::session::{Selection, SessionKey};
use crate::status::Facts;
use crate::turn::endpoint_of;

/// The credentials of every provider that there is anything to say of.
pub(crate) struct Survey<'a> {
    /// The models in use: the default, its fallbacks, and what sessions have chosen.
    pub(crate) models: IndexSet<ModelRef>,
    /// By id, sorted.
    pub(crate) providers: Vec<Surveyed<'a>>,
    /// What is pinned, and in which sessions.
    pub(crate) pins: IndexMap<(ModelRef, ProfileId), Vec<SessionKey>>,
}

/// One provider.
pub(crate) struct Surveyed<'a> {
    pub(crate) id: ProviderId,
    pub(crate) in_use: bool,
    /// Where it is; `Err` says why modelpin cannot talk to it.
    pub(crate) endpoint: Result<String, String>,
    /// Those that are tried first, then those that are left out.
    pub(crate) stands: Vec<Stand<'a>>,
}

/// One credential.
pub(crate) struct Stand<'a> {
    pub(crate) id: CredentialId,
    pub(crate) provider: ProviderId,
    /// `None` for what is not in a store.
    pub(crate) profile: Option<&'a Profile>,
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) standing: Standing,
    /// Why it is not among those that are tried by themselves.
    pub(crate) exclusion: Option<Exclusion>,
    /// Why the variable that it refers to is of no use.
    pub(crate) trouble: Option<String>,
    pub(crate) in_use: bool,
    /// The sessions that have pinned it.
    pub(crate) pins: Vec<SessionKey>,
}

impl Stand<'_> {
    /// Whether a request would be sent with it now.
    pub(crate) fn is_usable(&self) -> bool {
        self.trouble.is_none() && self.standing.is_usable()
    }
}

impl<'a> Survey<'a> {
    /// Looks at everything; nothing is opened, asked or changed.
    pub(crate) fn of(facts: &Facts<'a>) -> Self {
        let catalog = &facts.moment.settings.catalog;
        let mut models: IndexSet<ModelRef> =
            [catalog.default_model()].into_iter().chain(catalog.fallbacks()).cloned().collect();
        let mut pins: IndexMap<(ModelRef, ProfileId), Vec<SessionKey>> = IndexMap::new();
        let mut pinned: Vec<Selection> = Vec::new();
        for session in facts.sessions {
            let Some(selection) = session.choice.effective(facts.moment.now) else { continue };
            let model = selection.model.as_ref().unwrap_or(catalog.default_model());
            models.insert(model.clone());
            if let Some(pin) = &selection.pin {
                let sessions = pins.entry((model.clone(), pin.profile.clone())).or_default();
                if sessions.is_empty() {
                    pinned.push(selection.clone());
                }
                sessions.push(session.key.clone());
            }
        }
        let providers = named(facts, &models).into_iter().map(|id| surveyed(facts, id, &models)).collect();
        let mut survey = Self { models, providers, pins };
        for selection in &pinned {
            survey.take_pin(facts, selection);
        }
        survey
    }

    /// Every credential.
    pub(crate) fn stands(&self) -> impl Iterator<Item = &Stand<'a>> {
        self.providers.iter().flat_map(|provider| &provider.stands)
    }

    /// A pinned profile is in use, whatever the auth order says of it.
    fn take_pin(&mut self, facts: &Facts<'a>, selection: &Selection) {
        let Some(candidate) = facts.moment.resolve(Some(selection), None, &|_, _| true).candidates.into_iter().next()
        else {
            return;
        };
        let Some(id) = candidate.credential.profile().cloned() else { return };
        let sessions = self.pins.get(&(candidate.model.clone(), id.clone())).cloned().unwrap_or_default();
        let profile = facts.moment.profiles.by_id.get(&id);
        // A profile of another provider is pinned there all the same, and of no use.
        let provider = profile.map_or(&candidate.model.provider, |profile| &profile.provider);
        let Some(provider) = self.providers.iter_mut().find(|known| known.id == *provider) else { return };
        let known = provider.stands.iter_mut().find(|stand| stand.id.profile() == Some(&id));
        if let Some(stand) = known {
            let by_order = matches!(stand.exclusion, Some(Exclusion::NotInOrder | Exclusion::NotDeclared));
            if by_order || stand.is_usable() {
                stand.standing = candidate.standing;
                stand.fingerprint = candidate.fingerprint.or(stand.fingerprint.take());
            }
            if by_order {
                stand.exclusion = None;
            }
            stand.in_use = true;
            stand.pins.extend(sessions);
            return;
        }
        let mut stand = stand_of(facts, candidate, None);
        stand.exclusion = Some(Exclusion::ProfileMissing);
        stand.in_use = true;
        stand.pins = sessions;
        provider.stands.push(stand);
    }
}

/// The providers that are configured, chosen, or have any credential; sorted.
fn named(facts: &Facts<'_>, models: &IndexSet<ModelRef>) -> Vec<ProviderId> {
    let settings = facts.moment.settings;
    let mut ids: HashSet<&ProviderId> = models.iter().map(|model| &model.provider).collect();
    ids.extend(facts.moment.profiles.by_id.values().map(|profile| &profile.provider));
    ids.extend(facts.moment.profiles.order.keys());
    ids.extend(settings.config.auth.order.keys());
    ids.extend(settings.config.providers.keys());
    let mut ids: HashSet<ProviderId> = ids.into_iter().cloned().collect();
    let of_vendors = vendors().map(|vendor| ProviderId::built_in(vendor.id));
    ids.extend(of_vendors.filter(|id| !settings.environment.credentials(id).is_empty()));
    let mut ids: Vec<ProviderId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids
}

fn surveyed<'a>(facts: &Facts<'a>, id: ProviderId, models: &IndexSet<ModelRef>) -> Surveyed<'a> {
    let moment = &facts.moment;
    let in_use = models.iter().find(|model| model.provider == id);
    let offered = || moment.settings.catalog.providers().into_iter().find(|(provider, _)| **provider == id);
    let model = in_use.cloned().or_else(|| offered().and_then(|(_, models)| models.first().cloned()));
    let model = model.unwrap_or_else(|| ModelRef::new(id.clone(), ModelId::built_in("any")));
    for (credential, reference) in references(facts, &id) {
        // What is wrong with it is found again, for the one who wants to know.
        let _ = moment.wallet.look(&credential, reference, moment.settings);
    }
    let order = order_for(&id, Some(&model.model), moment.profiles, &moment.settings.config.auth, moment.now);
    let open = Selection::trial(model.clone(), moment.now);
    let candidates = moment.resolve(Some(&open), None, &|_, _| true).candidates.into_iter();
    let candidates = candidates.filter(|candidate| candidate.model.provider == id);
    let excluded: IndexMap<&ProfileId, &Exclusion> = order.excluded.iter().map(|(id, why)| (id, why)).collect();
    let mut stands: Vec<Stand<'a>> = candidates
        .map(|candidate| {
            let exclusion = candidate.credential.profile().and_then(|id| excluded.get(id)).copied().cloned();
            stand_of(facts, candidate, exclusion)
        })
        .collect();
    if in_use.is_some() {
        mark(facts, &order, &mut stands);
    }
    let endpoint = endpoint_of(&moment.settings.config, &model).map(|endpoint| endpoint.base_url);
    Surveyed { in_use: in_use.is_some(), endpoint: endpoint.map_err(|why| why.to_string()), stands, id }
}

/// The references among the credentials of `provider`.
fn references<'a>(facts: &Facts<'a>, provider: &ProviderId) -> Vec<(CredentialId, &'a SecretRef)> {
    let stored = facts.moment.profiles.by_id.values().filter(|profile| profile.provider == *provider);
    let stored = stored.filter_map(|profile| Some((CredentialId::Profile(profile.id.clone()), reference(profile)?)));
    configured(facts, provider)
        .map(|reference| (CredentialId::Config(provider.clone()), reference))
        .into_iter()
        .chain(stored)
        .collect()
}

/// Where the key that the configuration has for `provider` is, if that is elsewhere.
fn configured<'a>(facts: &Facts<'a>, provider: &ProviderId) -> Option<&'a SecretRef> {
    let entry = facts.moment.settings.config.providers.get(provider);
    entry.filter(|entry| entry.api_key.is_none()).and_then(|entry| entry.api_key_ref.as_ref())
}

fn reference(profile: &Profile) -> Option<&SecretRef> {
    match &profile.credential {
        Credential::ApiKey { key: SecretValue::Ref(reference) }
        | Credential::Token { token: SecretValue::Ref(reference), .. } => Some(reference),
        Credential::ApiKey { .. } | Credential::Token { .. } | Credential::OAuth(_) => None,
    }
}

fn stand_of<'a>(facts: &Facts<'a>, candidate: Candidate, exclusion: Option<Exclusion>) -> Stand<'a> {
    let Candidate { model, credential, fingerprint, billing, standing } = candidate;
    let moment = &facts.moment;
    let profile = credential.profile().and_then(|id| moment.profiles.get(id));
    let fingerprint = fingerprint.or_else(|| profile.and_then(|profile| moment.wallet.fingerprint(profile)));
    let metered = moment.settings.config.auth.deny_cross_billing && billing == Some(BillingClass::Metered);
    let elsewhere = match &credential {
        CredentialId::Profile(_) => profile.and_then(reference),
        CredentialId::Config(provider) => configured(facts, provider),
        CredentialId::Env(_) | CredentialId::None => None,
    };
    let looked = elsewhere.map(|reference| moment.wallet.look(&credential, reference, moment.settings));
    let trouble = looked.and_then(Result::err).map(|why| why.to_string());
    Stand {
        provider: profile.map_or(model.provider, |profile| profile.provider.clone()),
        id: credential,
        profile,
        fingerprint,
        // What the operator keeps off the meter is not in use, and nothing is wrong with it.
        in_use: false,
        exclusion: exclusion.or((metered && standing.is_hopeless()).then_some(Exclusion::NotInOrder)),
        standing,
        trouble,
        pins: Vec::new(),
    }
}

/// What the auth order tries is in use, whole or not: whoever takes it out of the order, or out of the store, retires it.
fn mark(facts: &Facts<'_>, order: &Order, stands: &mut [Stand<'_>]) {
    let managed = |stand: &Stand<'_>| stand.profile.is_some_and(|profile| profile.origin.managed_by.is_some());
    let unasked = |stand: &Stand<'_>| {
        let declared = stand.id.profile().is_some_and(|id| facts.moment.settings.config.auth.profiles.contains_key(id));
        order.basis == Basis::Stored && managed(stand) && !declared
    };
    for stand in stands.iter_mut() {
        stand.in_use = !unasked(stand)
            && match &stand.exclusion {
                Some(Exclusion::NotInOrder | Exclusion::NotDeclared) => false,
                // The order is passed over when all in it is gone.
                Some(Exclusion::ProfileMissing) => order.basis != Basis::Stored,
                Some(
                    Exclusion::ProviderMismatch
                    | Exclusion::ModeMismatch
                    | Exclusion::ReferenceUnderOAuth
                    | Exclusion::Sealed(_)
                    | Exclusion::MissingCredential
                    | Exclusion::Expired(_)
                    | Exclusion::ExpiredOutside(..)
                    | Exclusion::InvalidExpires,
                )
                | None => true,
            };
    }
    // The login of another program answers only where nothing else is there.
    if stands.iter().all(|stand| !stand.in_use) {
        stands.iter_mut().filter(|stand| unasked(stand)).for_each(|stand| stand.in_use = true);
    }
}
