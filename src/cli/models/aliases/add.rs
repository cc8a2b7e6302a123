//! `modelpin models aliases add`

use clap::Args;
use serde::Serialize;

use crate::catalog::{Alias, Catalog, CatalogProblem, ModelRef};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::aliases::entry::Entry;
use crate::cli::models::call::Call;
use crate::cli::models::named::{named_to_be_allowed, refused};
use crate::cli::open::quoted;
use crate::config::Draft;

/// Give a model a short name
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The short name: letters, digits, `_`, `.`, `:` and `-`
    #[arg(value_parser = alias)]
    alias: Alias,
    /// What it is to stand for: another alias, `provider/model`, or the id of a model
    model: String,
    /// Put the model on the allowlist as well, where there is one without it
    #[arg(long)]
    allow: bool,
    /// Where there is no allowlist, make one: an alias stands on it, and only what stands on it can be chosen then
    #[arg(long)]
    allow_only: bool,
}

/// What was added.
#[derive(Serialize)]
struct Added {
    alias: String,
    model: String,
}

/// The family's other programs take no other aliases from their command line.
fn alias(text: &str) -> Result<Alias, String> {
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_alphanumeric() || "_.:-".contains(c)) {
        return Err("an alias is made of letters, digits, `_`, `.`, `:` and `-`".to_owned());
    }
    text.parse().map_err(|fault: crate::catalog::InvalidAlias| fault.to_string())
}

/// Writes it into the configuration.
pub(crate) fn run(add: &Add, call: &mut Call<'_>) -> Result<Exit, Failure> {
    let edited = call.edit(|draft| give(add, call, draft))?;
    let (model, notes) = edited.value;
    let added = Added { alias: add.alias.to_string(), model: model.to_string() };
    let line = format!("{} -> {model}", added.alias);
    call.report(&added, &line, &edited.written, &notes)
}

/// Gives the model its alias in `draft`; returns the model and what else changes by it.
fn give(add: &Add, call: &Call<'_>, draft: &mut Draft) -> Result<(ModelRef, Vec<String>), Failure> {
    let Add { alias, model: name, allow, allow_only } = add;
    let before = call.catalog(draft)?;
    let (model, _) = named_to_be_allowed(call, &before, name, *allow, &format!("aliases add {alias}"))?;
    let entries = Entry::all(draft);
    if let Some(other) = entries.iter().find(|entry| entry.is_called(alias.as_str()) && entry.model != model) {
        let remove = call.command(&format!("aliases remove {alias}"));
        return Err(refused(&format!("`{alias}` stands for {} already. To take it away first: {remove}", other.model)));
    }
    let own = entries.into_iter().find(|entry| entry.model == model);
    if let Some(present) = own.as_ref().and_then(|own| own.alias.as_ref()).filter(|present| !present.is_empty()) {
        if present.eq_ignore_ascii_case(alias.as_str()) {
            return Ok((model, Vec::new()));
        }
        let remove = call.command(&format!("aliases remove {}", quoted(present)));
        return Err(refused(&format!(
            "{model} is called `{present}` already, and a model has one alias. To take that away first: {remove}"
        )));
    }
    if !before.has_allowlist() && !allow_only {
        let again = call.command(&format!("aliases add {alias} {} --allow-only", quoted(&model.to_string())));
        return Err(refused(&format!(
            "an alias stands on the allowlist, `agents.defaults.models` in {}, and there is none: every model may be \
             chosen. With this alias there would be one, and nothing could be chosen but {model}, the default and its \
             fallbacks. If that is meant: {again}",
            call.config_file()
        )));
    }
    own.unwrap_or_else(|| Entry::new(&model)).call(draft, alias.as_str())?;
    let after = call.catalog(draft)?;
    if let Some(problem) = after.problems().iter().find(|problem| is_about(problem, alias)) {
        return Err(refused(&problem.to_string()));
    }
    let notes = changes(alias, &model, &before, &after);
    Ok((model, notes))
}

fn is_about(problem: &CatalogProblem, wanted: &Alias) -> bool {
    match problem {
        CatalogProblem::DuplicateAlias { alias, .. }
        | CatalogProblem::AliasIsCommand { alias, .. }
        | CatalogProblem::AliasHidesId { alias, .. } => alias.as_str().eq_ignore_ascii_case(wanted.as_str()),
        CatalogProblem::InvalidModel { .. }
        | CatalogProblem::UnknownModel { .. }
        | CatalogProblem::InvalidAlias { .. }
        | CatalogProblem::NoEndpoint { .. } => false,
    }
}

/// What else is different now: built-in aliases that gave way, and who may be chosen.
fn changes(alias: &Alias, model: &ModelRef, before: &Catalog, after: &Catalog) -> Vec<String> {
    let mut notes = Vec::new();
    let is_called = |catalog: &Catalog, word: &str, of: &ModelRef| {
        catalog.aliases().any(|(alias, model)| alias.as_str() == word && model == of)
    };
    for (word, of) in before.aliases().filter(|(word, of)| !is_called(after, word.as_str(), of)) {
        if word == alias || of == model {
            notes.push(format!("`{word}` stood for {of}, as built in, and does not any more."));
        }
    }
    if !before.has_allowlist() && after.has_allowlist() {
        let allowed = after.providers().into_iter().flat_map(|(_, models)| models);
        let allowed: Vec<String> = allowed.map(ToString::to_string).collect();
        notes.push(format!("There is an allowlist now; what can be chosen is {}.", allowed.join(", ")));
    }
    notes
}
