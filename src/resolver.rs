//! Which models and credentials may answer now, in which order, and why not the others.
//!
//! One list serves everybody: a turn walks it, `/model status` and `/model why` print it, the receipt records what was
//! passed over in it. They cannot disagree, because there is no second list.

mod candidate;
mod credential_id;
mod grant;
mod question;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use jiff::Timestamp;

use crate::catalog::{ModelRef, ProviderId};
use crate::health::{Bench, keeping_out};
use crate::profile::{Basis, Exclusion, Profile, ProfileId, eligible, order_for};
use crate::receipt::BillingClass;
use crate::resolver::grant::lapsed;
use crate::session::{Pin, Source};

pub use candidate::{Candidate, Standing};
pub use credential_id::CredentialId;
pub use question::{Question, Stray};

/// The longest that a turn waits for the first benched candidate to come free; beyond it the chat is told the time.
pub const BOUNDED_WAIT: Duration = Duration::from_secs(15);

/// The candidates of one turn, in the order they are tried.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// Usable or not; those that cannot be used say why.
    pub candidates: Vec<Candidate>,
    /// Whether a person chose the model: then no other model answers (unless the operator allows it).
    pub chosen_model: bool,
    /// The credential that a person pinned: then no other credential answers.
    pub pin: Option<ProfileId>,
    /// A digest of what the order among the first model's credentials depends on.
    pub basis: u64,
}

impl Resolution {
    /// The candidate that would be tried first now.
    pub fn next(&self) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.standing.is_usable())
    }

    /// When the first of the benched candidates comes free; `None` when none is waiting for a time.
    pub fn first_free(&self) -> Option<Timestamp> {
        self.candidates.iter().filter_map(|candidate| candidate.standing.free_at()).min()
    }

    /// The model that is asked first.
    pub fn model(&self) -> Option<&ModelRef> {
        self.candidates.first().map(|candidate| &candidate.model)
    }
}

/// Lists the candidates for `question`.
///
/// A pinned credential gives exactly one. Without a pin, the credentials of the chosen model come in the auth order; only
/// where no person chose the model do the configured fallback models follow.
pub fn resolve(question: &Question<'_>) -> Resolution {
    let selection = question.selection;
    let model = selection.and_then(|selection| selection.model.clone());
    let chosen_model = model.is_some() && selection.is_some_and(|selection| selection.source == Source::User);
    let first = model.unwrap_or_else(|| question.catalog.default_model().clone());
    if let Some((selection, pin)) = selection.and_then(|selection| Some((selection, selection.pin.as_ref()?))) {
        let candidate = pinned(question, &first, pin, selection.since);
        return Resolution { candidates: vec![candidate], chosen_model, pin: Some(pin.profile.clone()), basis: 0 };
    }
    let (mut candidates, basis) = credentials_of(question, &first);
    let intended =
        candidates.iter().find(|candidate| !candidate.standing.is_hopeless()).and_then(|first| first.billing);
    prefer_hint(question, &mut candidates, basis);
    if !chosen_model || question.user_model_fallback {
        for fallback in question.catalog.fallbacks().iter().filter(|fallback| **fallback != first) {
            candidates.extend(credentials_of(question, fallback).0);
        }
    }
    if question.auth.deny_cross_billing && intended == Some(BillingClass::Subscription) {
        keep_off_the_meter(&mut candidates);
    }
    Resolution { candidates, chosen_model, pin: None, basis }
}

/// The one candidate that a user pin leaves. A benched one is sent a single request after the pin was made, because the
/// person may know better; from then on it waits like any other.
fn pinned(question: &Question<'_>, model: &ModelRef, pin: &Pin, since: Timestamp) -> Candidate {
    let id = CredentialId::Profile(pin.profile.clone());
    let missing = |why: String| Candidate::unusable(model.clone(), id.clone(), why);
    let may_answer = |profile: &ProfileId| (question.may_answer)(model, Some(profile));
    let Some(profile) = question.profiles.by_id.get(&pin.profile).filter(|profile| may_answer(&profile.id)) else {
        let outside = question.profiles.outside.iter().find(|bad| bad.id == pin.profile.as_str());
        let outside = outside.filter(|_| may_answer(&pin.profile));
        return missing(outside.map_or_else(|| "not in the auth store".to_owned(), |bad| bad.why.clone()));
    };
    if profile.provider != model.provider {
        return missing(format!("for {}, not for {}", profile.provider, model.provider));
    }
    if let Err(exclusion) = eligible(profile, question.auth, question.now) {
        return missing(exclusion.to_string());
    }
    let fingerprint = (question.fingerprint)(profile);
    let bench = keeping_out(question.benches, model, fingerprint.as_ref(), question.now);
    let standing = match (lapsed(profile, question), bench) {
        (Some(lapsed), _) if !lapsed.is_usable() => lapsed,
        (_, Some(bench)) if since <= bench.since => benched(bench, question.now),
        (_, Some(bench)) => Standing::Probe(bench.clone()),
        (lapsed, None) => lapsed.unwrap_or(Standing::Ready),
    };
    let standing = unless_barred(question, &id, standing);
    Candidate { model: model.clone(), credential: id, fingerprint, billing: Some(profile.billing_class()), standing }
}

/// The credentials for one model: the store's profiles in the auth order, then those that are left out with the reason;
/// what lies in the environment or the configuration only where the store has nothing that could be used. The login of
/// another program that nobody named comes after those, too: it is there for that program, not for the bot.
fn credentials_of(question: &Question<'_>, model: &ModelRef) -> (Vec<Candidate>, u64) {
    let order = order_for(&model.provider, Some(&model.model), question.profiles, question.auth, question.now);
    let visible = |id: &ProfileId| (question.may_answer)(model, Some(id));
    let mut candidates: Vec<Candidate> = order
        .candidates
        .iter()
        .filter(|id| visible(id))
        .filter_map(|id| question.profiles.by_id.get(id))
        .map(|profile| of_profile(question, model, profile))
        .collect();
    let basis = digest(&model.provider, order.basis, &candidates);
    let unasked = |candidate: &Candidate| {
        let profile = candidate.credential.profile().and_then(|id| question.profiles.by_id.get(id));
        order.basis == Basis::Stored && profile.is_some_and(|profile| profile.origin.managed_by.is_some())
    };
    if candidates.iter().all(unasked) && (question.may_answer)(model, None) {
        let strays = (question.stray)(&model.provider).into_iter().map(|stray| of_stray(question, model, stray));
        candidates.splice(0..0, strays);
    }
    // A credential that is sealed and does not open was meant to be used: nobody is asked without it.
    let closed = order.excluded.iter().any(|(_, why)| matches!(why, Exclusion::Sealed(_)));
    if candidates.is_empty() && !closed && (question.keyless)(model) && (question.may_answer)(model, None) {
        candidates.push(keyless(question, model));
    }
    let excluded = order.excluded.into_iter().filter(|(id, _)| visible(id));
    candidates.extend(
        excluded.map(|(id, why)| Candidate::unusable(model.clone(), CredentialId::Profile(id), why.to_string())),
    );
    (candidates, basis)
}

fn of_profile(question: &Question<'_>, model: &ModelRef, profile: &Profile) -> Candidate {
    let fingerprint = (question.fingerprint)(profile);
    let bench = keeping_out(question.benches, model, fingerprint.as_ref(), question.now);
    let noted =
        question.profiles.usage.get(&profile.id).and_then(|usage| usage.cooling(Some(&model.model), question.now));
    let id = CredentialId::Profile(profile.id.clone());
    let standing = match (lapsed(profile, question), bench, noted) {
        (Some(lapsed), _, _) if !lapsed.is_usable() => lapsed,
        (_, Some(bench), _) => benched(bench, question.now),
        (_, None, Some(until)) => Standing::NotedElsewhere(until),
        (lapsed, None, None) => lapsed.unwrap_or(Standing::Ready),
    };
    Candidate {
        model: model.clone(),
        standing: unless_barred(question, &id, standing),
        credential: id,
        fingerprint,
        billing: Some(profile.billing_class()),
    }
}

/// What is barred is out, however it stands.
fn unless_barred(question: &Question<'_>, id: &CredentialId, standing: Standing) -> Standing {
    (question.barred)(id).map_or(standing, Standing::Unusable)
}

/// A long bench is looked into now and then: whoever comes first after the interval sends the one request that tells.
fn benched(bench: &Bench, now: Timestamp) -> Standing {
    if bench.may_be_probed(now) { Standing::Probe(bench.clone()) } else { Standing::Benched(bench.clone()) }
}

fn of_stray(question: &Question<'_>, model: &ModelRef, stray: Stray) -> Candidate {
    let bench = keeping_out(question.benches, model, stray.fingerprint.as_ref(), question.now);
    let standing = bench.map_or(Standing::Ready, |bench| benched(bench, question.now));
    Candidate {
        model: model.clone(),
        standing: unless_barred(question, &stray.id, standing),
        credential: stray.id,
        fingerprint: stray.fingerprint,
        billing: Some(stray.billing),
    }
}

fn keyless(question: &Question<'_>, model: &ModelRef) -> Candidate {
    let bench = keeping_out(question.benches, model, None, question.now);
    Candidate {
        model: model.clone(),
        credential: CredentialId::None,
        fingerprint: None,
        billing: None,
        standing: bench.map_or(Standing::Ready, |bench| benched(bench, question.now)),
    }
}

/// Takes out what is paid by use: the operator allows no turn of a subscription to fall to it.
fn keep_off_the_meter(candidates: &mut [Candidate]) {
    for candidate in candidates.iter_mut().filter(|candidate| candidate.billing == Some(BillingClass::Metered)) {
        if !candidate.standing.is_hopeless() {
            candidate.standing = Standing::Unusable("is metered, and `auth.crossBillingClass` is `deny`".to_owned());
        }
    }
}

/// Moves the credential that answered last to the front, while nothing changed that the choice depended on: a provider's
/// cache is worth most to those who stay.
fn prefer_hint(question: &Question<'_>, candidates: &mut [Candidate], basis: u64) {
    let Some(hint) = question.hint.filter(|hint| hint.basis == basis && question.now < hint.until) else { return };
    let preferred = candidates
        .iter()
        .position(|candidate| candidate.standing.is_usable() && candidate.credential.profile() == Some(&hint.profile));
    if let Some(at) = preferred {
        candidates[..=at].rotate_right(1);
    }
}

/// An explicit order counts as it stands; one that follows from use counts as a set, since other programs that share the
/// store note their use there with every message.
fn digest(provider: &ProviderId, basis: Basis, candidates: &[Candidate]) -> u64 {
    let mut parts: Vec<String> = candidates
        .iter()
        .map(|candidate| {
            format!("{} {:?} {}", candidate.credential, candidate.fingerprint, candidate.standing.is_usable())
        })
        .collect();
    if !matches!(basis, Basis::StoreOrder | Basis::ConfigOrder) {
        parts.sort_unstable();
    }
    let mut hasher = DefaultHasher::new();
    (provider.as_str(), parts).hash(&mut hasher);
    hasher.finish()
}
