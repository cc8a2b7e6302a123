//! `modelpin models aliases remove`

use clap::Args;
use serde::Serialize;

use crate::catalog::{Alias, Catalog, ModelRef};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::aliases::entry::Entry;
use crate::cli::models::call::Call;
use crate::cli::models::named::refused;
use crate::config::Draft;

/// Take a short name away
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The alias; its model stays on the allowlist
    alias: String,
}

/// What was removed.
#[derive(Serialize)]
struct Removed<'a> {
    alias: &'a str,
    /// What it stood for.
    models: Vec<String>,
}

/// Takes it out of the configuration, from every model that has it.
pub(crate) fn run(remove: &Remove, call: &mut Call<'_>) -> Result<Exit, Failure> {
    let alias = remove.alias.trim();
    let edited = call.edit(|draft| take_away(alias, call, draft))?;
    let (models, notes) = edited.value;
    let models: Vec<String> = models.iter().map(ToString::to_string).collect();
    let line = format!("`{alias}` stands for {} no more", models.join(" and "));
    call.report(&Removed { alias, models }, &line, &edited.written, &notes)
}

fn take_away(alias: &str, call: &Call<'_>, draft: &mut Draft) -> Result<(Vec<ModelRef>, Vec<String>), Failure> {
    let before = call.catalog(draft)?;
    let (called, others): (Vec<Entry>, Vec<Entry>) =
        Entry::all(draft).into_iter().partition(|entry| !alias.is_empty() && entry.is_called(alias));
    if called.is_empty() {
        let model = built_in(alias, &before).ok_or_else(|| nobodys(alias, call, &before))?;
        let Some(entry) = others.into_iter().find(|entry| entry.model == model) else {
            return Err(refused(&format!(
                "`{alias}` is built in for {model}. It can be taken away only in an entry of that model on the allowlist, \
                 `agents.defaults.models` in {}, and there is none",
                call.config_file()
            )));
        };
        // An empty one keeps the built-in one away.
        entry.call(draft, "")?;
        return Ok((vec![model], Vec::new()));
    }
    for entry in &called {
        entry.uncall(draft)?;
    }
    let after = call.catalog(draft)?;
    let was_there = |word: &Alias, of: &ModelRef| before.aliases().any(|(known, model)| known == word && model == of);
    let back = after.aliases().filter(|(word, of)| word.as_str().eq_ignore_ascii_case(alias) || !was_there(word, of));
    let notes = back.map(|(word, of)| format!("`{word}` stands for {of} now, as built in.")).collect();
    Ok((called.into_iter().map(|entry| entry.model).collect(), notes))
}

/// The model that a built-in alias stands for.
fn built_in(alias: &str, catalog: &Catalog) -> Option<ModelRef> {
    let mut meant = catalog.aliases().filter(|(word, _)| word.as_str().eq_ignore_ascii_case(alias));
    meant.next().map(|(_, model)| model.clone())
}

fn nobodys(alias: &str, call: &Call<'_>, catalog: &Catalog) -> Failure {
    let known: Vec<&str> = catalog.aliases().map(|(alias, _)| alias.as_str()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let list = call.command("aliases list");
    refused(&format!("there is no alias `{alias}`; there is {known}. To see what they stand for: {list}"))
}
