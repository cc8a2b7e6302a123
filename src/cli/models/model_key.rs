//! Where the default model and its fallbacks are configured: for all agents, or for one.

use serde_json::{Value, json};

use crate::agent::AgentId;
use crate::catalog::ModelRef;
use crate::cli::failure::Failure;
use crate::cli::models::named::refused;
use crate::config::{Draft, EditFault};

/// Where the default model and its fallbacks are configured: the key of a name, or of `{primary, fallbacks}`.
pub(crate) struct ModelKey {
    key: Vec<String>,
    /// The list of agents that the main agent is to be put on first: it is there without an entry, as no other is.
    longer: Option<Value>,
}

impl ModelKey {
    /// The place for all agents, or for the one that is `named`: its entry of `agents.list`.
    ///
    /// # Errors
    /// There is no such agent.
    pub(crate) fn of(draft: &Draft, named: Option<&str>, config_file: &str) -> Result<Self, Failure> {
        let Some(named) = named else { return Ok(Self::new(["agents", "defaults", "model"], None)) };
        let wanted = AgentId::new(named);
        let list = draft.get(&["agents", "list"]).and_then(Value::as_array).cloned().unwrap_or_default();
        let ids: Vec<AgentId> = list
            .iter()
            .map(|entry| AgentId::new(entry.get("id").and_then(Value::as_str).unwrap_or_default()))
            .collect();
        let (at, longer) = match ids.iter().position(|id| *id == wanted) {
            Some(at) => (at, None),
            None if wanted.is_main() => {
                (ids.len(), Some(list.into_iter().chain([json!({"id": AgentId::MAIN})]).collect()))
            }
            None => {
                let known = [AgentId::main()].into_iter().chain(ids.into_iter().filter(|id| !id.is_main()));
                let known: Vec<String> = known.map(|id| id.to_string()).collect();
                return Err(refused(&format!(
                    "there is no agent {wanted} in `agents.list` of {config_file}: there is {}",
                    known.join(", ")
                )));
            }
        };
        Ok(Self::new(["agents", "list", &at.to_string(), "model"], longer))
    }

    fn new<'a>(key: impl IntoIterator<Item = &'a str>, longer: Option<Value>) -> Self {
        Self { key: key.into_iter().map(str::to_owned).collect(), longer }
    }

    /// Makes the entry that the key leads into, where it is not there yet.
    fn make(&self, draft: &mut Draft) -> Result<(), EditFault> {
        self.longer.as_ref().map_or(Ok(()), |longer| draft.set(&["agents", "list"], longer))
    }

    /// The default model, as written.
    pub(crate) fn primary<'a>(&self, draft: &'a Draft) -> Option<&'a str> {
        let model = draft.get(&self.key(None))?;
        model.as_str().or_else(|| model.get("primary")?.as_str()).filter(|text| !text.trim().is_empty())
    }

    /// The fallbacks, as written; `None` where there is no list, not even an empty one.
    pub(crate) fn fallbacks(&self, draft: &Draft) -> Option<Vec<String>> {
        let listed = draft.get(&self.key(Some("fallbacks")))?.as_array()?;
        Some(listed.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
    }

    /// Makes `model` the default; the fallbacks stay.
    ///
    /// # Errors
    /// It cannot be written there.
    pub(crate) fn set_primary(&self, draft: &mut Draft, model: &ModelRef) -> Result<(), EditFault> {
        self.make(draft)?;
        let written = draft.get(&self.key(None));
        let model = json!(model.to_string());
        match written {
            None => draft.set(&self.key(None), &json!({ "primary": model })),
            Some(Value::Object(_)) => draft.set(&self.key(Some("primary")), &model),
            Some(_) => draft.set(&self.key(None), &model),
        }
    }

    /// Makes these the fallbacks; the default model stays.
    ///
    /// # Errors
    /// It cannot be written there.
    pub(crate) fn set_fallbacks(&self, draft: &mut Draft, fallbacks: &[String]) -> Result<(), EditFault> {
        self.make(draft)?;
        let written = draft.get(&self.key(None)).cloned();
        match written {
            None => draft.set(&self.key(None), &json!({ "fallbacks": fallbacks })),
            Some(Value::Object(_)) => draft.set(&self.key(Some("fallbacks")), &json!(fallbacks)),
            Some(primary) => draft.set(&self.key(None), &json!({ "primary": primary, "fallbacks": fallbacks })),
        }
    }

    /// The key itself, or of one member.
    fn key<'a>(&'a self, member: Option<&'a str>) -> Vec<&'a str> {
        self.key.iter().map(String::as_str).chain(member).collect()
    }
}
