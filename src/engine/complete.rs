//! Proposals while a form is being filled in: what could be meant by what has been typed so far.

use std::time::Duration;

use modelpin_chat::{BoxFuture, Completion, CompletionRequest, Event, Inbound, Invocation};

use crate::access::{Action, Asker, may_use};
use crate::catalog::{Catalog, KnownProfiles, ModelRef, Wish};
use crate::directive::{Lifetime, Typed, Wanted, duration, duration_text};
use crate::engine::propose::{Proposal, best, labelled};
use crate::engine::show::visible_profiles;
use crate::engine::{Engine, words};
use crate::profile::{ProfileId, short_hash};
use crate::reply::{marked, standing};
use crate::session::Selection;
use crate::turn::Gathered;

/// With each letter somebody waits. Where the state hangs there are no proposals, and what is typed counts all the same.
const PATIENCE: Duration = Duration::from_millis(300);

/// What a platform takes as the value of a proposal, in characters.
const LONGEST: usize = 100;

/// What stands before the handle of a profile.
const HANDLE: &str = "#";

/// The lifetimes that are proposed.
const LIFETIMES: [&str; 6] = ["once", "15m", "1h", "2h", "1d", "7d"];

impl Engine {
    /// The proposals for `request`; none for who may not see them.
    pub(super) fn proposals(&self, request: CompletionRequest) -> BoxFuture<'_, Vec<Completion>> {
        Box::pin(async move {
            let proposed = tokio::time::timeout(PATIENCE, self.propose(request)).await;
            proposed.unwrap_or_else(|_| {
                tracing::debug!("the state is slow, so nothing is proposed");
                Vec::new()
            })
        })
    }

    async fn propose(&self, request: CompletionRequest) -> Vec<Completion> {
        let CompletionRequest { conversation, room, sender, invocation, parameter, most } = request;
        let typed = invocation.value(&parameter).unwrap_or_default().trim().to_lowercase();
        let event = Event::Command(invocation.clone());
        let bot = String::new();
        let inbound = Inbound { conversation, room, sender, bot, addressed: true, id: None, event };
        let needed = match parameter.as_str() {
            "model" => Action::SwitchModel,
            "profile" => Action::ChooseCredential,
            "provider" | "lifetime" => Action::See,
            _ => return Vec::new(),
        };
        if self.authorize(&inbound, Action::See).is_err() || self.authorize(&inbound, needed).is_err() {
            return Vec::new();
        }
        if parameter == "lifetime" {
            return lifetimes(&typed, most);
        }
        let Ok(gathered) = self.sources.gather(&inbound).await else { return Vec::new() };
        match parameter.as_str() {
            "model" => self.models(&gathered, &typed, most),
            "profile" => self.profiles_of(&gathered, &inbound, invocation.value("model"), &typed, most),
            _ => providers(&gathered, &typed, most),
        }
    }

    fn models(&self, gathered: &Gathered, typed: &str, most: usize) -> Vec<Completion> {
        let catalog = &gathered.settings.catalog;
        let current = gathered.model();
        let aliases = catalog.aliases().filter(|(_, model)| catalog.allows(model));
        let aliases = aliases.map(|(alias, model)| Proposal { name: Some(alias.as_str()), full: model, order: 0 });
        let others = catalog.providers().into_iter().flat_map(|(_, models)| models);
        let others = others.filter(|model| catalog.alias_of(model).is_none());
        let others = others.map(|model| Proposal { name: None, full: model, order: usize::from(model != current) });
        let index = self.sources.index.of(&gathered.profiles);
        let known = index.seen_by(|profile: &ProfileId| gathered.may_use(profile));
        let all: Vec<Proposal<'_>> = aliases.chain(others).collect();
        let found = best(&all, typed);
        let shown = found.into_iter().filter_map(|Proposal { name, full, order: _ }| {
            let value = exact(catalog, full, current, &known)?;
            let label = match name {
                Some(alias) => format!("{alias} → {full}"),
                None => full.to_string(),
            };
            Some(Completion { label: labelled(&marked(&label, full == current)), value })
        });
        let mut proposals: Vec<Completion> = Vec::with_capacity(most);
        for proposal in shown {
            if proposals.len() == most {
                break;
            }
            // A model of several aliases is proposed once.
            if !proposals.iter().any(|other| other.value == proposal.value) {
                proposals.push(proposal);
            }
        }
        proposals
    }

    fn profiles_of(
        &self,
        gathered: &Gathered,
        inbound: &Inbound,
        model: Option<&str>,
        typed: &str,
        most: usize,
    ) -> Vec<Completion> {
        let typed = typed.strip_prefix('@').unwrap_or(typed);
        let Some(model) = self.filled_in(gathered, model) else { return Vec::new() };
        let words = words(gathered, inbound);
        // As if nobody had pinned a credential: all are listed then, in the order of their turn.
        let open = Selection::trial(model.clone(), gathered.now);
        let resolution = self.sources.resolve(gathered, Some(&open));
        let selection = gathered.selection();
        let pin = selection.as_ref().and_then(|selection| selection.pin.as_ref()).map(|pin| &pin.profile);
        let mut profiles = visible_profiles(gathered, &model.provider);
        let candidate = |id: &ProfileId| {
            resolution.candidates.iter().position(|one| one.model == model && one.credential.profile() == Some(id))
        };
        profiles.sort_by_key(|id| candidate(id).unwrap_or(usize::MAX));
        let mut proposals = Vec::new();
        if pin.is_some() && "auto".starts_with(typed) {
            let label = "@auto: leave it to the auth order".to_owned();
            proposals.push(Completion { label, value: "@auto".to_owned() });
        }
        for id in profiles {
            // What cannot be read in the label cannot be searched for either: letter by letter it would come out.
            let name = words.name(id.as_str());
            if !name.to_lowercase().contains(typed) {
                continue;
            }
            let state = match candidate(&id).and_then(|at| resolution.candidates.get(at)) {
                Some(one) => {
                    let is_next = pin.is_none() && resolution.next().is_some_and(|next| std::ptr::eq(next, one));
                    standing(&one.standing, is_next, words)
                }
                None => "is not in the auth order".to_owned(),
            };
            let hidden = name != id.as_str() || id.as_str().chars().count() > LONGEST;
            let value = if hidden { handle(&id) } else { id.as_str().to_owned() };
            let label = labelled(&marked(&format!("{name} – {state}"), pin == Some(&id)));
            proposals.push(Completion { label, value });
        }
        proposals.truncate(most);
        proposals
    }

    /// The model that the credential is for: what has been filled in, else what is in effect.
    fn filled_in(&self, gathered: &Gathered, model: Option<&str>) -> Option<ModelRef> {
        let current = gathered.model();
        let Some(typed) = model.map(str::trim).filter(|typed| !typed.is_empty()) else { return Some(current.clone()) };
        let plain = typed.trim_matches('"');
        let target = Some(Typed::from(plain));
        let index = self.sources.index.of(&gathered.profiles);
        let known = index.seen_by(|profile: &ProfileId| gathered.may_use(profile));
        let wanted = Wanted::Parts { target, profile: None };
        gathered.settings.catalog.read(&wanted, current, &known).ok()?.model
    }

    /// The form with the names that handles stand for.
    pub(super) fn with_names(&self, inbound: &Inbound, invocation: &Invocation) -> Invocation {
        let mut named = invocation.clone();
        for (field, value) in &mut named.values {
            if field != "profile" || !value.starts_with(HANDLE) {
                continue;
            }
            let settings = self.sources.settings.current();
            let asker = Asker::from(inbound);
            let profiles = self.sources.auth_store.current().profiles;
            let mut seen = profiles.by_id.keys().filter(|id| may_use(&settings.config, &asker, id));
            if let Some(id) = seen.find(|id| handle(id) == *value) {
                id.as_str().clone_into(value);
            }
        }
        named
    }
}

/// What stands for a profile whose name is not shown where others read along, or is too long for a platform. It names
/// the same profile for everybody, and counts for those only who may use it.
fn handle(profile: &ProfileId) -> String {
    format!("{HANDLE}{}", short_hash(profile.as_str().as_bytes()))
}

/// A value that means `model` and nothing else when it is filled in; `None` where there is none that a platform takes.
fn exact(catalog: &Catalog, model: &ModelRef, current: &ModelRef, known: &dyn KnownProfiles) -> Option<String> {
    let name = model.to_string();
    let means_it = |wanted: &Wanted| {
        catalog
            .read(wanted, current, known)
            .is_ok_and(|read| read.model.as_ref() == Some(model) && matches!(read.credential, Wish::Keep))
    };
    let value = if means_it(&Wanted::Word(Typed::from(name.as_str()))) {
        name
    } else {
        let whole = Wanted::Parts { target: Some(Typed::from(name.as_str())), profile: None };
        means_it(&whole).then(|| format!("\"{name}\""))?
    };
    (value.chars().count() <= LONGEST).then_some(value)
}

fn providers(gathered: &Gathered, typed: &str, most: usize) -> Vec<Completion> {
    let current = &gathered.model().provider;
    let providers = gathered.settings.catalog.providers().into_iter();
    let mut found: Vec<_> = providers.filter(|(provider, _)| provider.as_str().contains(typed)).collect();
    found.sort_by_key(|(provider, _)| !provider.as_str().starts_with(typed));
    let shown = found.into_iter().map(|(provider, models)| Completion {
        label: labelled(&marked(&format!("{provider} ({})", models.len()), provider == current)),
        value: provider.to_string(),
    });
    shown.filter(|proposal| proposal.value.chars().count() <= LONGEST).take(most).collect()
}

fn lifetimes(typed: &str, most: usize) -> Vec<Completion> {
    let typed = typed.strip_prefix("for ").unwrap_or(typed).trim();
    let mut proposals: Vec<String> = duration(typed).map(duration_text).into_iter().collect();
    for known in LIFETIMES {
        if known.starts_with(typed) && !proposals.iter().any(|other| other == known) {
            proposals.push(known.to_owned());
        }
    }
    let shown = proposals.into_iter().map(|value| {
        let label = match duration(&value) {
            Some(length) => Lifetime::For(length).to_string(),
            None => "once: for the next message only".to_owned(),
        };
        Completion { label, value }
    });
    shown.take(most).collect()
}
