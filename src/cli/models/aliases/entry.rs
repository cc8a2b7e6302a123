//! The entries of `agents.defaults.models`: the allowlist, which holds the aliases.

use serde_json::{Value, json};

use crate::catalog::ModelRef;
use crate::config::{Draft, EditFault};

const MODELS: [&str; 3] = ["agents", "defaults", "models"];

/// One entry of the allowlist.
pub(crate) struct Entry {
    /// As it is written.
    name: String,
    pub(crate) model: ModelRef,
    /// Its alias; `Some("")` opts out of a built-in one.
    pub(crate) alias: Option<String>,
    is_object: bool,
}

impl Entry {
    /// All entries that name a model.
    pub(crate) fn all(draft: &Draft) -> Vec<Self> {
        let entries = draft.get(&MODELS).and_then(Value::as_object);
        let entry = |(name, value): (&String, &Value)| {
            Some(Self {
                name: name.clone(),
                model: name.parse().ok()?,
                alias: value.get("alias").and_then(Value::as_str).map(|alias| alias.trim().to_owned()),
                is_object: value.is_object(),
            })
        };
        entries.into_iter().flatten().filter_map(entry).collect()
    }

    /// An entry that is not there yet.
    pub(crate) fn new(model: &ModelRef) -> Self {
        Self { name: model.to_string(), model: model.clone(), alias: None, is_object: false }
    }

    /// Whether its alias is `alias`, in any letter case.
    pub(crate) fn is_called(&self, alias: &str) -> bool {
        self.alias.as_ref().is_some_and(|own| own.to_lowercase() == alias.to_lowercase())
    }

    /// Gives it `alias`; the rest of it stays.
    ///
    /// # Errors
    /// It cannot be written there.
    pub(crate) fn call(&self, draft: &mut Draft, alias: &str) -> Result<(), EditFault> {
        let [agents, defaults, models] = MODELS;
        if self.is_object {
            draft.set(&[agents, defaults, models, &self.name, "alias"], &json!(alias))
        } else {
            draft.set(&[agents, defaults, models, &self.name], &json!({ "alias": alias }))
        }
    }

    /// Takes its alias away; the rest of it stays, and so does the model on the allowlist.
    ///
    /// # Errors
    /// It cannot be written there.
    pub(crate) fn uncall(&self, draft: &mut Draft) -> Result<(), EditFault> {
        let [agents, defaults, models] = MODELS;
        draft.remove(&[agents, defaults, models, &self.name, "alias"]).map(drop)
    }
}
