//! `/model status`: the full view.

use jiff::SignedDuration;
use modelpin_chat::Span;

use crate::catalog::ModelRef;
use crate::profile::{Credential, Expiry, OAuth, Profile, Profiles};
use crate::provider::Endpoint;
use crate::receipt::{BillingClass, Receipt};
use crate::reply::picker::credential;
use crate::reply::why::standing;
use crate::reply::{Draft, Words, code, plain, strong};
use crate::resolver::{Resolution, Standing};
use crate::session::{Selection, Session};

/// What the status shows.
pub(crate) struct Status<'a> {
    /// The session's row, as committed or as new.
    pub(crate) session: &'a Session,
    /// The selection in effect.
    pub(crate) selection: Option<&'a Selection>,
    /// Whether that is the parent's.
    pub(crate) inherited: bool,
    /// Who would answer now.
    pub(crate) resolution: &'a Resolution,
    /// What is known of the credentials.
    pub(crate) profiles: &'a Profiles,
    /// Per provider: where it is, and its credentials as they stand without any pin.
    pub(crate) providers: Vec<ProviderView>,
    /// What answered last.
    pub(crate) last: Option<&'a Receipt>,
    /// The auth stores, shortened.
    pub(crate) stores: Vec<String>,
    /// Things that are wrong with them, and variables that are shadowed.
    pub(crate) notes: Vec<String>,
}

/// One provider and its credentials.
pub(crate) struct ProviderView {
    /// A model of that provider: the one in effect, or its first.
    pub(crate) model: ModelRef,
    /// Where it is; `Err` says why modelpin cannot talk to it.
    pub(crate) endpoint: Result<Endpoint, String>,
    /// Its credentials in the auth order.
    pub(crate) resolution: Resolution,
}

/// The status.
pub(crate) fn status(status: &Status<'_>, words: Words<'_>) -> Draft {
    let Status { session, selection, inherited, resolution, profiles, providers, last, stores, notes } = status;
    let default = words.catalog.default_model();
    let current = selection.and_then(|selection| selection.model.as_ref()).unwrap_or(default);
    let mut draft = Draft::default();
    draft.spans(vec![plain("Model: "), strong(words.model(current))]);
    if current != default {
        draft.spans(vec![plain("Default: "), plain(words.model(default))]);
    }
    draft.spans(credential(*selection, resolution, words));
    if let Some(selection) = selection {
        let where_from = if *inherited { " in the chat above (this topic has no choice of its own)" } else { "" };
        let since = words.time(selection.since);
        draft.line(format!(
            "Chosen by {}{where_from} at {since}, {}.",
            words.actor(&selection.by),
            words.lifetime(selection)
        ));
    } else {
        draft.line("Chosen by nobody: the configured default and the auth order count.");
    }
    for provider in providers {
        draft.blank();
        self::provider(&mut draft, provider, resolution, profiles, words);
    }
    draft.blank();
    draft.line(match last {
        Some(receipt) => format!("Last answer: {}", answered(receipt, words)),
        None => "Last answer: none yet in this chat.".to_owned(),
    });
    for store in stores {
        draft.spans(vec![plain("Auth store: "), code(store.clone())]);
    }
    for note in notes {
        draft.line(format!("Note: {note}"));
    }
    let revision = session.revision;
    draft.spans(vec![plain("Session: "), code(session.key.as_str()), plain(format!(", revision {revision}"))]);
    draft
}

fn provider(draft: &mut Draft, view: &ProviderView, chosen: &Resolution, profiles: &Profiles, words: Words<'_>) {
    let ProviderView { model, endpoint, resolution } = view;
    let mut heading: Vec<Span> = vec![strong(model.provider.to_string())];
    match endpoint {
        Ok(endpoint) => heading.push(plain(format!(" – {}, {}", endpoint.base_url, endpoint.api.as_str()))),
        Err(why) => heading.push(plain(format!(" – {why}"))),
    }
    draft.spans(heading);
    let next = resolution.next();
    let pinned_here = chosen.pin.as_ref().filter(|_| chosen.model().is_some_and(|m| m.provider == model.provider));
    let listed = resolution.candidates.iter().filter(|candidate| candidate.model.provider == model.provider);
    let mut any = false;
    for (index, candidate) in listed.enumerate() {
        any = true;
        let is_pinned = pinned_here.is_some() && candidate.credential.profile() == pinned_here;
        let is_next = pinned_here.is_none() && next.is_some_and(|next| std::ptr::eq(next, candidate));
        let mut state = match (is_pinned, &candidate.standing) {
            (true, Standing::Ready) => "pinned, next".to_owned(),
            (true, Standing::Refreshable) => "pinned, next, expired (refreshable)".to_owned(),
            (true, other) => format!("pinned, {}", standing(other, false, words)),
            (false, other) => standing(other, is_next, words),
        };
        if let Some(class) = candidate.billing {
            state.push_str(match class {
                BillingClass::Subscription => ", subscription",
                BillingClass::Metered => ", metered",
            });
        }
        let profile = candidate.credential.profile().and_then(|id| profiles.by_id.get(id));
        if !candidate.standing.is_hopeless() {
            state.push_str(&profile.map_or_else(String::new, |profile| end_and_owner(profile, words)));
        }
        draft.line(format!("{:>3}. {} – {state}", index + 1, words.credential(&candidate.credential)));
    }
    if !any {
        draft.line("  no credential");
    }
}

/// An end that is further off is of no interest yet.
const NEAR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Who alone renews a credential, and when it ends: always where that is another program's business, and soon where
/// nobody renews it.
fn end_and_owner(profile: &Profile, words: Words<'_>) -> String {
    let renewed = matches!(&profile.credential, Credential::OAuth(OAuth { refresh: Some(_), .. }));
    let end = match profile.expires() {
        Expiry::At(end) => Some(end),
        Expiry::Never | Expiry::Invalid => None,
    };
    let (owner, end) = match profile.origin.managed_by {
        Some(cli) => (format!(", managed by {cli}"), end),
        None => (String::new(), end.filter(|end| !renewed && end.duration_since(words.now) < NEAR)),
    };
    let end = end.map(|end| format!(", expires {}", words.until(end))).unwrap_or_default();
    owner + &end
}

/// What answered, in one line.
pub(crate) fn answered(receipt: &Receipt, words: Words<'_>) -> String {
    let model = receipt.model.as_deref().map_or_else(|| "no model".to_owned(), |model| words.model_text(model));
    let with = receipt.profile.as_deref().map_or_else(|| "no credential".to_owned(), |profile| words.name(profile));
    let fingerprint = receipt.fingerprint.as_deref().map(|hash| format!(" [{hash}]")).unwrap_or_default();
    let class = match receipt.class {
        Some(BillingClass::Subscription) => ", subscription",
        Some(BillingClass::Metered) => ", metered",
        None => "",
    };
    let at = words.time(receipt.at);
    format!("{model} with {with}{fingerprint}{class}, {}, {at}, {:.1} s", receipt.outcome, seconds(receipt.latency_ms))
}

fn seconds(milliseconds: u64) -> f64 {
    u32::try_from(milliseconds).map_or(f64::INFINITY, |ms| f64::from(ms) / 1000.0)
}
