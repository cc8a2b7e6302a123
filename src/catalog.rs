//! The models that can be chosen, and how a typed name is read.

mod alias;
mod api;
mod build;
mod builtin;
mod find;
mod fold;
mod known;
mod model_ref;
mod normal;
mod problem;
mod profile_index;
mod provider_id;
mod reading;
mod suggest;
mod unread;
mod vendor;

use std::collections::{HashMap, HashSet};

use crate::agent::AgentId;
use crate::config::Config;
use crate::directive::Wanted;

pub use alias::{Alias, InvalidAlias};
pub use api::Api;
pub use find::Found;
pub use known::{KnownProfiles, ProfileMatch};
pub use model_ref::{InvalidModelRef, ModelId, ModelRef};
pub use problem::CatalogProblem;
pub use profile_index::{ProfileIndex, SeenProfiles};
pub use provider_id::{InvalidProviderId, ProviderId};
pub use reading::{Read, Wish};
pub use suggest::profiles as nearest_profiles;
pub use unread::Unread;
pub(crate) use vendor::{VendorPlace, vendor, vendors};

/// Every model that one agent's people may choose, and every name it goes by.
///
/// Built once per configuration; pure and cheap to ask.
#[derive(Debug, Clone)]
pub struct Catalog {
    default: ModelRef,
    fallbacks: Vec<ModelRef>,
    /// Whether `agents.defaults.models` restricts the choice.
    closed: bool,
    /// What may be chosen: sorted by provider, in configured order inside.
    offered: Vec<(ProviderId, Vec<ModelRef>)>,
    /// What may be chosen, for look-ups.
    open_names: Names,
    /// What is known but outside of the allowlist, for look-ups.
    barred_names: Names,
    /// Sorted by the folded word; two entries with one word are an ambiguous alias.
    aliases: Vec<AliasEntry>,
    /// The alias a model is shown by: never an ambiguous one.
    shown_by: HashMap<ModelRef, Alias>,
    /// Providers that are known, whether or not they can be reached.
    providers: HashSet<ProviderId>,
    /// Providers whose endpoint is known.
    reachable: HashSet<ProviderId>,
    problems: Vec<CatalogProblem>,
}

/// One alias of one model.
#[derive(Debug, Clone)]
struct AliasEntry {
    folded: String,
    alias: Alias,
    model: ModelRef,
}

/// Models by the names they can be called by, letter case folded.
#[derive(Debug, Clone, Default)]
struct Names {
    by_ref: HashMap<String, Vec<ModelRef>>,
    by_id: HashMap<String, Vec<ModelRef>>,
}

impl Catalog {
    /// The catalogue of `agent` as the configuration has it.
    pub fn new(config: &Config, agent: &AgentId) -> Self {
        build::catalog(config, agent)
    }

    /// The model where nobody chose one.
    pub fn default_model(&self) -> &ModelRef {
        &self.default
    }

    /// The models to go on with, in order, where nobody chose one and the default fails.
    pub fn fallbacks(&self) -> &[ModelRef] {
        &self.fallbacks
    }

    /// What may be chosen: sorted by provider, in configured order inside.
    ///
    /// Without an allowlist, other models of a reachable provider may be chosen by their full name as well.
    pub fn providers(&self) -> Vec<(&ProviderId, &[ModelRef])> {
        self.offered.iter().map(|(provider, models)| (provider, models.as_slice())).collect()
    }

    /// Whether `model` may be used at all. Without an allowlist any model may.
    pub fn allows(&self, model: &ModelRef) -> bool {
        !self.closed || self.knows(model)
    }

    /// Whether `model` is listed here; one that is not may still be allowed, but nobody has vouched for its name.
    pub fn knows(&self, model: &ModelRef) -> bool {
        self.offered
            .binary_search_by(|(provider, _)| provider.cmp(&model.provider))
            .is_ok_and(|at| self.offered[at].1.contains(model))
    }

    /// What is known by name and left out by the allowlist, in no particular order.
    pub fn barred(&self) -> impl Iterator<Item = &ModelRef> {
        self.barred_names.by_ref.values().flatten()
    }

    /// Whether `agents.defaults.models` restricts the choice.
    pub fn has_allowlist(&self) -> bool {
        self.closed
    }

    /// The alias that `model` is shown by. An alias of two models is nobody's.
    pub fn alias_of(&self, model: &ModelRef) -> Option<&Alias> {
        self.shown_by.get(model)
    }

    /// Every alias with what it stands for, sorted; one that stands for two models comes twice.
    pub fn aliases(&self) -> impl Iterator<Item = (&Alias, &ModelRef)> {
        self.aliases.iter().map(|entry| (&entry.alias, &entry.model))
    }

    /// Whether `word` is an alias, in any letter case. Asked of every message that begins with `/`: allocates nothing.
    pub fn has_alias(&self, word: &str) -> bool {
        !self.alias_entries(word).is_empty()
    }

    /// Whether what follows a `/` begins with an alias: `opus`, `opus@work`. Anything else after a `/` is plain text.
    pub fn starts_with_alias(&self, wanted: &Wanted) -> bool {
        match wanted {
            Wanted::Word(word) => {
                let text = &word.text;
                self.has_alias(text) || text.match_indices('@').any(|(at, _)| self.has_alias(&text[..at]))
            }
            Wanted::Parts { target, profile: _ } => target.as_ref().is_some_and(|target| self.has_alias(&target.text)),
        }
    }

    /// How a model is shown to people: `opus (anthropic/claude-opus-4-6)`, or just its ref.
    pub fn label(&self, model: &ModelRef) -> String {
        self.alias_of(model).map_or_else(|| model.to_string(), |alias| format!("{alias} ({model})"))
    }

    /// What is wrong with the configured models and aliases, for `doctor` and the start-up log.
    pub fn problems(&self) -> &[CatalogProblem] {
        &self.problems
    }

    /// The entries for `word`: none, one, or several where the alias is ambiguous.
    fn alias_entries(&self, word: &str) -> &[AliasEntry] {
        let start = self.aliases.partition_point(|entry| fold::compare(&entry.folded, word).is_lt());
        let found = self.aliases[start..].iter().take_while(|entry| fold::compare(&entry.folded, word).is_eq()).count();
        &self.aliases[start..start + found]
    }
}
