//! A catalogue, put together from the configuration and the built-in table.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::agent::AgentId;
use crate::catalog::{
    Alias, AliasEntry, Catalog, CatalogProblem, ModelId, ModelRef, Names, ProviderId, builtin, fold, vendors,
};
use crate::config::Config;
use crate::directive::{COMMAND_NAMES, KEYWORDS};

const MODELS_KEY: &str = "agents.defaults.models";

/// See [`Catalog::new`].
pub(crate) fn catalog(config: &Config, agent: &AgentId) -> Catalog {
    let mut builder = Builder { config, listed: Vec::new(), problems: Vec::new(), taken: Vec::new() };
    builder.read_allowlist();
    let configured = builder.configured_models();
    let closed = !config.agents.models.is_empty();

    let pool: Vec<ModelRef> = if closed {
        builder.listed.iter().map(|(model, _)| model.clone()).collect()
    } else {
        configured.iter().cloned().chain(builder.built_in_models()).collect()
    };
    let aliases = builder.aliases(&pool);
    let known: Vec<ModelRef> = pool.iter().cloned().chain(configured.iter().cloned()).collect();
    let (default, fallbacks) = builder.chosen(agent, &aliases, &known, &pool);

    let offered = by_provider(pool.into_iter().chain([default.clone()]).chain(fallbacks.iter().cloned()));
    let open_names = Names::of(offered.iter().flat_map(|(_, models)| models));
    let allowed: HashSet<&ModelRef> = offered.iter().flat_map(|(_, models)| models).collect();
    let barred: Vec<ModelRef> =
        configured.into_iter().chain(builder.built_in_models()).filter(|model| !allowed.contains(model)).collect();
    let reachable = builder.reachable();
    builder.check_aliases(&aliases, &open_names);
    builder.check_endpoints(&offered, &reachable);

    Catalog {
        default,
        fallbacks,
        closed,
        barred_names: Names::of(&barred),
        shown_by: shown_by(&aliases),
        providers: builder.providers(&offered, &reachable),
        offered,
        open_names,
        aliases,
        reachable,
        problems: builder.problems,
    }
}

struct Builder<'a> {
    config: &'a Config,
    /// `agents.defaults.models`, with the alias as written.
    listed: Vec<(ModelRef, Option<&'a str>)>,
    /// Aliases in configured order.
    taken: Vec<AliasEntry>,
    problems: Vec<CatalogProblem>,
}

impl Builder<'_> {
    fn read_allowlist(&mut self) {
        for (text, entry) in &self.config.agents.models {
            match text.parse::<ModelRef>() {
                Ok(model) if self.listed.iter().any(|(listed, _)| *listed == model) => {}
                Ok(model) => self.listed.push((model, entry.alias.as_deref())),
                Err(_) => {
                    self.problems.push(CatalogProblem::InvalidModel { key: MODELS_KEY.to_owned(), text: text.clone() });
                }
            }
        }
    }

    /// `models.providers.*.models`.
    fn configured_models(&mut self) -> Vec<ModelRef> {
        let mut models = Vec::new();
        for (provider, entry) in &self.config.providers {
            for model in &entry.models {
                match ModelId::new(&model.id) {
                    Some(id) => models.push(ModelRef::new(provider.clone(), id)),
                    None => self.problems.push(CatalogProblem::InvalidModel {
                        key: format!("models.providers.{provider}.models"),
                        text: model.id.clone(),
                    }),
                }
            }
        }
        models
    }

    fn built_in_models(&self) -> impl Iterator<Item = ModelRef> + use<> {
        let wanted = !self.config.replace_models;
        builtin::models().filter(move |_| wanted)
    }

    /// Configured aliases, then built-in ones for models of `pool` that have none, where the word is free.
    fn aliases(&mut self, pool: &[ModelRef]) -> Vec<AliasEntry> {
        for (model, text) in &self.listed {
            let Some(text) = text.filter(|text| !text.trim().is_empty()) else { continue };
            match text.parse::<Alias>() {
                Ok(alias) => {
                    self.taken.push(AliasEntry { folded: fold::fold(alias.as_str()), alias, model: model.clone() });
                }
                Err(_) => {
                    self.problems.push(CatalogProblem::InvalidAlias { model: model.clone(), text: text.to_owned() });
                }
            }
        }
        // An alias of one's own takes the place of the built-in one; an empty one only takes that away.
        let has_own = |model: &ModelRef| self.listed.iter().any(|(listed, alias)| listed == model && alias.is_some());
        let mut filled = Vec::new();
        for (word, line) in builtin::aliases() {
            let free = self.taken.iter().all(|entry| entry.folded != word);
            let target = line.into_iter().find(|model| pool.contains(model) && !has_own(model));
            if let (true, Some(model), Ok(alias)) = (free, target, word.parse::<Alias>()) {
                filled.push(AliasEntry { folded: word.to_owned(), alias, model });
            }
        }
        let mut aliases = self.taken.clone();
        aliases.extend(filled);
        aliases.sort_by(|a, b| a.folded.cmp(&b.folded));
        aliases
    }

    /// The default model of `agent` and its fallbacks.
    fn chosen(
        &mut self,
        agent: &AgentId,
        aliases: &[AliasEntry],
        known: &[ModelRef],
        pool: &[ModelRef],
    ) -> (ModelRef, Vec<ModelRef>) {
        let config = self.config;
        let own = config.agents.list.iter().find(|entry| entry.id == *agent);
        let primaries = [
            own.and_then(|own| own.primary.as_deref()).map(|text| (format!("agents.list.{agent}.model"), text)),
            config.agents.primary.as_deref().map(|text| ("agents.defaults.model".to_owned(), text)),
        ];
        let mut default = None;
        for (key, text) in primaries.into_iter().flatten() {
            // The second is looked at even when the first will do: what is wrong with it is worth saying.
            let found = self.named(&key, text, aliases, known);
            default = default.or(found);
        }
        let first =
            || if self.config.agents.models.is_empty() { self.first_configured() } else { pool.first().cloned() };
        let default = default.or_else(first).unwrap_or_else(builtin::default_model);

        let (key, texts) = match own.and_then(|own| own.fallbacks.as_ref()) {
            Some(texts) => (format!("agents.list.{agent}.model.fallbacks"), texts),
            None => ("agents.defaults.model.fallbacks".to_owned(), &config.agents.fallbacks),
        };
        let mut fallbacks: Vec<ModelRef> = Vec::new();
        for text in texts {
            if let Some(model) = self.named(&key, text, aliases, known)
                && model != default
                && !fallbacks.contains(&model)
            {
                fallbacks.push(model);
            }
        }
        (default, fallbacks)
    }

    fn first_configured(&self) -> Option<ModelRef> {
        self.config.providers.iter().find_map(|(provider, entry)| {
            let id = entry.models.iter().find_map(|model| ModelId::new(&model.id))?;
            Some(ModelRef::new(provider.clone(), id))
        })
    }

    /// What a configured name stands for: a ref, an alias, or the id of exactly one model.
    fn named(&mut self, key: &str, text: &str, aliases: &[AliasEntry], known: &[ModelRef]) -> Option<ModelRef> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if text.contains('/') {
            let model = text.parse().ok();
            if model.is_none() {
                self.problems.push(CatalogProblem::InvalidModel { key: key.to_owned(), text: text.to_owned() });
            }
            return model;
        }
        let folded = fold::fold(text);
        let called = only(aliases.iter().filter(|entry| entry.folded == folded).map(|entry| &entry.model));
        let found = called.or_else(|| only(known.iter().filter(|model| model.model.as_str() == text)));
        if found.is_none() {
            self.problems.push(CatalogProblem::UnknownModel { key: key.to_owned(), text: text.to_owned() });
        }
        found.cloned()
    }

    /// Providers whose endpoint is known.
    fn reachable(&self) -> HashSet<ProviderId> {
        let configured = self.config.providers.iter().filter(|(_, entry)| entry.base_url.is_some());
        let reached = vendors().filter(|vendor| vendor.place.is_some()).map(|vendor| ProviderId::built_in(vendor.id));
        configured.map(|(provider, _)| provider.clone()).chain(reached).collect()
    }

    fn providers(
        &self,
        offered: &[(ProviderId, Vec<ModelRef>)],
        reachable: &HashSet<ProviderId>,
    ) -> HashSet<ProviderId> {
        let config = self.config;
        offered
            .iter()
            .map(|(provider, _)| provider)
            .chain(reachable)
            .chain(config.providers.keys())
            .chain(config.auth.profiles.values().map(|profile| &profile.provider))
            .chain(config.auth.order.keys())
            .cloned()
            // Whom modelpin cannot reach is somebody all the same: a name that begins with theirs is never taken for a
            // model id at another provider.
            .chain(vendors().map(|vendor| ProviderId::built_in(vendor.id)))
            .collect()
    }

    fn check_aliases(&mut self, aliases: &[AliasEntry], names: &Names) {
        for same in aliases.chunk_by(|a, b| a.folded == b.folded) {
            let [entry, ..] = same else { continue };
            let (alias, model) = (entry.alias.clone(), entry.model.clone());
            if same.len() > 1 {
                let models = same.iter().map(|entry| entry.model.clone()).collect();
                self.problems.push(CatalogProblem::DuplicateAlias { alias: alias.clone(), models });
            }
            let hidden: Vec<ModelRef> = names
                .by_id
                .get(&entry.folded)
                .into_iter()
                .flatten()
                .filter(|other| **other != model)
                .cloned()
                .collect();
            if !hidden.is_empty() {
                self.problems.push(CatalogProblem::AliasHidesId { alias: alias.clone(), model: model.clone(), hidden });
            }
            if let Some(instead) = taken_for(&entry.folded) {
                self.problems.push(CatalogProblem::AliasIsCommand { alias, model, instead });
            }
        }
    }

    fn check_endpoints(&mut self, offered: &[(ProviderId, Vec<ModelRef>)], reachable: &HashSet<ProviderId>) {
        let unreached = offered.iter().filter(|(provider, _)| !reachable.contains(provider));
        self.problems.extend(
            unreached.flat_map(|(_, models)| models).map(|model| CatalogProblem::NoEndpoint { model: model.clone() }),
        );
    }
}

/// The command that a word is taken for before it can be an alias.
fn taken_for(folded: &str) -> Option<String> {
    if COMMAND_NAMES.contains(&folded) {
        Some(format!("/{folded}"))
    } else if KEYWORDS.contains(&folded) || folded.bytes().all(|byte| byte.is_ascii_digit()) {
        Some(format!("/model {folded}"))
    } else {
        None
    }
}

fn shown_by(aliases: &[AliasEntry]) -> HashMap<ModelRef, Alias> {
    let mut shown = HashMap::new();
    for same in aliases.chunk_by(|a, b| a.folded == b.folded) {
        if let [entry] = same {
            shown.entry(entry.model.clone()).or_insert_with(|| entry.alias.clone());
        }
    }
    shown
}

fn by_provider(models: impl Iterator<Item = ModelRef>) -> Vec<(ProviderId, Vec<ModelRef>)> {
    let mut seen = HashSet::new();
    let mut sorted: BTreeMap<ProviderId, Vec<ModelRef>> = BTreeMap::new();
    for model in models {
        if seen.insert(model.clone()) {
            sorted.entry(model.provider.clone()).or_default().push(model);
        }
    }
    sorted.into_iter().collect()
}

fn only<'a, T: PartialEq>(mut items: impl Iterator<Item = &'a T>) -> Option<&'a T> {
    let first = items.next()?;
    items.all(|other| other == first).then_some(first)
}

impl Names {
    fn of<'a>(models: impl IntoIterator<Item = &'a ModelRef>) -> Self {
        let mut names = Self::default();
        for model in models {
            let id = fold::fold(model.model.as_str());
            names.by_ref.entry(format!("{}/{id}", model.provider)).or_default().push(model.clone());
            names.by_id.entry(id).or_default().push(model.clone());
        }
        names
    }
}
