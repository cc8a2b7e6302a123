//! What one name stands for.

use crate::catalog::{Catalog, ModelId, ModelRef, Names, fold, suggest};

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// This model, and it may be chosen.
    Model(ModelRef),
    /// Any of these.
    Ambiguous(Vec<ModelRef>),
    /// This model, but the allowlist leaves it out.
    NotAllowed(ModelRef),
    /// Nothing.
    Unknown {
        /// Names that come near, the nearest first, at most five.
        nearest: Vec<String>,
    },
}

/// [`Found`], before anything is suggested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Look {
    /// A model that is listed.
    Listed(ModelRef),
    /// Several that are listed.
    Several(Vec<ModelRef>),
    /// A full name at a known provider that nobody has listed. What it is worth is told by [`Catalog::settle`].
    Beyond(ModelRef),
    /// Such a name at a provider that can be reached, and nothing forbids it.
    Unlisted(ModelRef),
    /// A model outside of the allowlist.
    Barred(ModelRef),
    /// Nothing.
    Nothing,
}

impl Catalog {
    /// What `target` stands for: an exact `provider/model`, else an alias, else the id of exactly one model.
    ///
    /// A listed model whose name differs in nothing but letter case is found too, when it is the only one. Nothing else
    /// is ever guessed.
    pub fn find(&self, target: &str) -> Found {
        match self.settle(self.look(target)) {
            Look::Listed(model) | Look::Unlisted(model) => Found::Model(model),
            Look::Several(models) => Found::Ambiguous(models),
            Look::Barred(model) => Found::NotAllowed(model),
            Look::Beyond(_) | Look::Nothing => Found::Unknown { nearest: suggest::models(self, target) },
        }
    }

    /// What `target` stands for, by look-ups alone.
    pub(crate) fn look(&self, target: &str) -> Look {
        let target = target.trim();
        if target.is_empty() {
            return Look::Nothing;
        }
        let typed = target.parse::<ModelRef>().ok();
        if let Some(typed) = &typed
            && let Some(look) = some_of(self.open_names.by_ref(typed))
        {
            return look;
        }
        if let Some(look) = some_of(self.alias_entries(target).iter().map(|entry| entry.model.clone()).collect()) {
            return look;
        }
        // A name that begins with a provider's says whose model is meant. Were it also read as a model id of somebody
        // else's (aggregators call theirs `anthropic/…`), another account would answer than the one named.
        if let Some(typed) = typed.filter(|typed| self.providers.contains(&typed.provider)) {
            return Look::Beyond(typed);
        }
        let folded = fold::fold(target);
        if let Some(look) = some_of(self.open_names.by_id(&folded, target)) {
            return look;
        }
        if !self.closed {
            return Look::Nothing;
        }
        match some_of(self.barred_names.by_id(&folded, target)) {
            Some(Look::Listed(model)) => Look::Barred(model),
            Some(Look::Several(models)) => models.into_iter().next().map_or(Look::Nothing, Look::Barred),
            Some(Look::Beyond(_) | Look::Unlisted(_) | Look::Barred(_) | Look::Nothing) | None => {
                self.barred_alias(&folded)
            }
        }
    }

    /// Decides what [`Look::Beyond`] left open; this compares the name with every other of its provider.
    pub(crate) fn settle(&self, look: Look) -> Look {
        let Look::Beyond(typed) = look else { return look };
        if let Some(Look::Listed(model)) = some_of(self.barred_names.by_ref(&typed)) {
            return Look::Barred(model);
        }
        if suggest::is_slip(typed.model.as_str(), self.names_at(&typed)) {
            Look::Nothing
        } else if self.closed {
            Look::Barred(typed)
        } else if self.reachable.contains(&typed.provider) {
            Look::Unlisted(typed)
        } else {
            Look::Nothing
        }
    }

    /// The ids that the provider of `model` is known to have.
    fn names_at<'a>(&'a self, model: &'a ModelRef) -> impl Iterator<Item = &'a str> {
        let listed = self.offered.iter().filter(|(provider, _)| *provider == model.provider).flat_map(|(_, m)| m);
        let barred = self.barred_names.by_ref.values().flatten().filter(|other| other.provider == model.provider);
        listed.chain(barred).map(|model| model.model.as_str())
    }

    /// A built-in alias of a line of models none of which may be chosen.
    fn barred_alias(&self, folded: &str) -> Look {
        let line = crate::catalog::builtin::aliases().find(|(word, _)| *word == folded).map(|(_, line)| line);
        match line {
            Some(line) if line.iter().all(|model| !self.knows(model)) => {
                line.into_iter().next().map_or(Look::Nothing, Look::Barred)
            }
            Some(_) | None => Look::Nothing,
        }
    }

    /// Whether `model` is one that is known by name and left out by the allowlist.
    pub(crate) fn bars(&self, model: &ModelRef) -> bool {
        self.barred_names.by_ref(model).contains(model)
    }
}

fn some_of(mut models: Vec<ModelRef>) -> Option<Look> {
    match models.len() {
        0 => None,
        1 => models.pop().map(Look::Listed),
        _ => Some(Look::Several(models)),
    }
}

impl Names {
    /// The models written like `typed`: the very one, else those that differ in letter case, else the one whose id
    /// begins with its provider's name, which the family's keys do not repeat.
    pub(crate) fn by_ref(&self, typed: &ModelRef) -> Vec<ModelRef> {
        let id = fold::fold(typed.model.as_str());
        let key = format!("{}/{id}", typed.provider);
        if let Some(models) = self.by_ref.get(&key) {
            return best(models, |model| model.model == typed.model);
        }
        let Some(models) = self.by_ref.get(&format!("{}/{key}", typed.provider)) else { return Vec::new() };
        let doubled = ModelId::new(&format!("{}/{}", typed.provider, typed.model));
        best(models, |model| Some(&model.model) == doubled.as_ref())
    }

    /// The models whose id is `text`: those that are written so, else those that differ in letter case.
    pub(crate) fn by_id(&self, folded: &str, text: &str) -> Vec<ModelRef> {
        self.by_id.get(folded).map(|models| best(models, |model| model.model.as_str() == text)).unwrap_or_default()
    }
}

fn best(models: &[ModelRef], exact: impl Fn(&ModelRef) -> bool) -> Vec<ModelRef> {
    let exactly: Vec<ModelRef> = models.iter().filter(|model| exact(model)).cloned().collect();
    if exactly.is_empty() { models.to_vec() } else { exactly }
}
