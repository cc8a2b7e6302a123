//! `modelpin models fallbacks …`

mod add;
mod clear;
mod list;
mod remove;

use clap::Subcommand;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;
use crate::cli::models::model_key::ModelKey;
use crate::config::{Draft, Edited};

/// Look at and change the models to go on with when the default fails
#[derive(Debug, Subcommand)]
pub(crate) enum Fallbacks {
    /// Show them, the first to be tried first
    List(list::List),
    /// Put a model at their end
    Add(add::Add),
    /// Take a model out
    Remove(remove::Remove),
    /// Take all of them out
    Clear,
}

/// Carries one of them out.
pub(crate) fn run(fallbacks: &Fallbacks, call: &mut Call<'_>) -> Result<Exit, Failure> {
    match fallbacks {
        Fallbacks::List(list) => list::run(list, call),
        Fallbacks::Add(add) => add::run(add, call),
        Fallbacks::Remove(remove) => remove::run(remove, call),
        Fallbacks::Clear => clear::run(call),
    }
}

/// The fallbacks, as written.
#[derive(Serialize)]
struct Written {
    /// The agent whose own they are; `None` for all that have none.
    agent: Option<String>,
    fallbacks: Vec<String>,
    /// What else is to be said.
    #[serde(skip)]
    notes: Vec<String>,
}

impl Written {
    /// Those that count for the agents that are meant: an agent's own, else everybody's.
    fn of(draft: &Draft, call: &Call<'_>) -> Result<(ModelKey, Self), Failure> {
        let (agent, file) = (call.global.agent.as_deref(), call.config_file());
        let everybodys = ModelKey::of(draft, None, &file)?.fallbacks(draft).unwrap_or_default();
        let key = ModelKey::of(draft, agent, &file)?;
        let own = key.fallbacks(draft);
        let mut notes = Vec::new();
        if let (Some(agent), None) = (agent, &own) {
            notes.push(format!(
                "Agent {agent} has fallbacks of its own now; until now those of all agents counted for it."
            ));
        }
        let fallbacks = own.unwrap_or(everybodys);
        Ok((key, Self { agent: agent.map(str::to_owned), fallbacks, notes }))
    }

    /// Writes them down.
    fn put(&self, draft: &mut Draft, key: &ModelKey) -> Result<(), Failure> {
        Ok(key.set_fallbacks(draft, &self.fallbacks)?)
    }

    /// Prints what came of it.
    fn report(edited: Edited<Self>, call: &mut Call<'_>) -> Result<Exit, Failure> {
        let Edited { written, value } = edited;
        let whose = value.agent.as_ref().map_or_else(String::new, |agent| format!(" of agent {agent}"));
        let listed = if value.fallbacks.is_empty() { "none".to_owned() } else { value.fallbacks.join(", ") };
        let line = format!("Fallbacks{whose}: {listed}");
        let notes = if written.is_empty() { &[] } else { value.notes.as_slice() };
        call.report(&value, &line, &written, notes)
    }
}
