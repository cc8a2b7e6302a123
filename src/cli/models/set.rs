//! `modelpin models set`

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::catalog::Found;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;
use crate::cli::models::model_key::ModelKey;
use crate::cli::models::named::named_to_be_allowed;
use crate::cli::models::standing::Standings;
use crate::cli::open::quoted;

/// Set the default model, of all agents or with --agent of one
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// An alias, `provider/model`, or the id of a model
    #[arg(value_name = "MODEL")]
    model: String,
    /// Put it on the allowlist as well, where there is one without it
    #[arg(long)]
    allow: bool,
}

/// What was set.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Chosen {
    model: String,
    /// The agent whose own it is; `None` for all that have none.
    agent: Option<String>,
    /// What was written there before.
    previous: Option<String>,
    /// Whether the allowlist was made longer.
    allowed: bool,
}

/// Writes it into the configuration.
pub(crate) fn run(set: &Set, call: &mut Call<'_>) -> Result<Exit, Failure> {
    let Set { model: name, allow } = set;
    let agent = call.global.agent.as_deref();
    let file = call.config_file();
    let edited = call.edit(|draft| {
        let catalog = call.catalog(draft)?;
        let (model, allowed) = named_to_be_allowed(call, &catalog, name, *allow, "set")?;
        if allowed {
            draft.set(&["agents", "defaults", "models", &model.to_string()], &json!({}))?;
        }
        let key = ModelKey::of(draft, agent, &file)?;
        let previous = key.primary(draft).map(str::to_owned);
        // An alias that stands for it says so already.
        let is_set = previous.as_ref().is_some_and(|previous| catalog.find(previous) == Found::Model(model.clone()));
        if !is_set {
            key.set_primary(draft, &model)?;
        }
        let in_force = call.catalog(draft)?.default_model().clone();
        Ok((Chosen { model: model.to_string(), agent: agent.map(str::to_owned), previous, allowed }, model, in_force))
    })?;
    let (chosen, model, in_force) = edited.value;
    let mut notes = Vec::new();
    if in_force != model {
        let own = call.installation.agent();
        notes.push(format!(
            "Agent {own} has a model of its own, {in_force}, which stays its default. To change that one: {} --agent {own}",
            call.command(&format!("set {}", quoted(&model.to_string())))
        ));
    }
    if !Standings::of(call).is_available(&model) {
        let add = call.command(&format!("auth add --provider {}", model.provider));
        let look = call.command(&format!("auth list --provider {}", model.provider));
        notes.push(format!(
            "No credential could answer with {model} now. To see what there is: {look}\nTo store one: {add}"
        ));
    }
    let whose = chosen.agent.as_ref().map_or_else(String::new, |agent| format!(" of agent {agent}"));
    let mut line = format!("Default model{whose}: {model}");
    if chosen.allowed {
        line.push_str(", now on the allowlist");
    }
    call.report(&chosen, &line, &edited.written, &notes)
}
