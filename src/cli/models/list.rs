//! `modelpin models list`

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use url::Url;

use crate::catalog::{Catalog, ModelRef, ProviderId};
use crate::cli::Exit;
use crate::cli::cell::cell;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;
use crate::cli::models::standing::Standings;
use crate::config::{Config, ProviderModel};
use crate::provider::is_loopback;
use crate::turn::endpoint_of;

/// Show the models, and whether a credential could answer now
#[derive(Debug, Args)]
pub(crate) struct List {
    /// All that are known, not only those that are configured
    #[arg(long)]
    all: bool,
    /// Only those on this machine
    #[arg(long)]
    local: bool,
    /// Only those of this provider
    #[arg(long, value_name = "ID")]
    provider: Option<ProviderId>,
    /// Print their names only, one a line
    #[arg(long)]
    plain: bool,
}

/// What `--json` prints; the names are the family's.
#[derive(Serialize)]
struct Listing {
    count: usize,
    models: Vec<Row>,
}

/// One model. What nobody has said of it is `null`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    key: String,
    name: Option<String>,
    /// What it reads, such as `text+image`.
    input: Option<String>,
    context_window: Option<u64>,
    /// Whether it is on this machine; `None` where nobody knows where it is.
    local: Option<bool>,
    /// Whether a message could be answered with it now.
    available: bool,
    tags: Vec<String>,
    /// Whether nobody knows where to reach it.
    missing: bool,
}

/// Prints them: the default, its fallbacks, then the others.
pub(crate) fn run(list: &List, call: &mut Call<'_>) -> Result<Exit, Failure> {
    call.plain_or_json(list.plain)?;
    let settings = call.installation.settings();
    let (config, catalog) = (&settings.config, &settings.catalog);
    for problem in catalog.problems() {
        call.output.talk(&modelpin_terminal::visible(&problem.to_string()));
    }
    let mut models = configured(config, catalog);
    if list.all {
        let known = catalog.providers().into_iter().flat_map(|(_, models)| models).chain(catalog.barred());
        models.extend(known.cloned());
        models.sort();
        models.dedup();
    }
    models.retain(|model| list.provider.as_ref().is_none_or(|provider| *provider == model.provider));
    models.retain(|model| !list.local || is_local(config, model) == Some(true));
    if models.is_empty() {
        let all = call.command("list --all");
        let hint = if list.all { String::new() } else { format!(" To see what else is known: {all}") };
        call.output.talk(&format!("No such model is configured.{hint}"));
    }
    if list.plain {
        let names: String = models.iter().map(|model| format!("{model}\n")).collect();
        call.output.data(&modelpin_terminal::visible(&names))?;
        return Ok(Exit::Ok);
    }
    let standings = Standings::of(call);
    let rows: Vec<Row> = models.iter().map(|model| row(model, config, catalog, &standings)).collect();
    if call.global.json {
        call.output.json(&Listing { count: rows.len(), models: rows })?;
    } else if !rows.is_empty() {
        call.output.data(&table(&rows))?;
    }
    Ok(Exit::Ok)
}

/// The default and its fallbacks, then what the allowlist holds, or without one what the operator's providers are said to
/// have.
fn configured(config: &Config, catalog: &Catalog) -> Vec<ModelRef> {
    let listed: Vec<ModelRef> = config.agents.models.keys().filter_map(|name| name.parse().ok()).collect();
    let at_provider = |(provider, entry): (&ProviderId, &crate::config::ProviderConfig)| -> Vec<ModelRef> {
        entry.models.iter().filter_map(|model| format!("{provider}/{}", model.id).parse().ok()).collect()
    };
    let own = if catalog.has_allowlist() { listed } else { config.providers.iter().flat_map(at_provider).collect() };
    let mut models: Vec<ModelRef> = Vec::new();
    for model in [catalog.default_model().clone()].into_iter().chain(catalog.fallbacks().iter().cloned()).chain(own) {
        if !models.contains(&model) {
            models.push(model);
        }
    }
    models
}

fn row(model: &ModelRef, config: &Config, catalog: &Catalog, standings: &Standings) -> Row {
    let said = said_of(config, model);
    let missing = endpoint_of(config, model).is_err();
    Row {
        key: model.to_string(),
        name: said.and_then(|said| said.name.clone()),
        input: said.filter(|said| !said.input.is_empty()).map(|said| said.input.join("+")),
        context_window: said.and_then(|said| said.context_window),
        local: is_local(config, model),
        available: standings.is_available(model),
        tags: tags(model, config, catalog, missing),
        missing,
    }
}

fn tags(model: &ModelRef, config: &Config, catalog: &Catalog, missing: bool) -> Vec<String> {
    let mut tags = Vec::new();
    if model == catalog.default_model() {
        tags.push("default".to_owned());
    }
    let fallback = catalog.fallbacks().iter().position(|fallback| fallback == model);
    tags.extend(fallback.map(|at| format!("fallback#{}", at + 1)));
    let is_listed = config.agents.models.keys().any(|name| name.parse().as_ref() == Ok(model));
    if is_listed || said_of(config, model).is_some() {
        tags.push("configured".to_owned());
    }
    let aliases = catalog.aliases().filter(|(_, of)| *of == model).map(|(alias, _)| alias.as_str());
    let aliases: Vec<&str> = aliases.collect();
    if !aliases.is_empty() {
        tags.push(format!("alias:{}", aliases.join(",")));
    }
    if !catalog.allows(model) {
        tags.push("not allowed".to_owned());
    }
    if missing {
        tags.push("missing".to_owned());
    }
    tags
}

/// What the configuration says of a model at its provider.
fn said_of<'a>(config: &'a Config, model: &ModelRef) -> Option<&'a ProviderModel> {
    let entry = config.providers.get(&model.provider)?;
    entry.models.iter().find(|said| format!("{}/{}", model.provider, said.id).parse().as_ref() == Ok(model))
}

fn is_local(config: &Config, model: &ModelRef) -> Option<bool> {
    let endpoint = endpoint_of(config, model).ok()?;
    Some(Url::parse(&endpoint.base_url).is_ok_and(|url| is_loopback(&url)))
}

/// The rows for a person, in columns that fit the terminal.
fn table(rows: &[Row]) -> String {
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["Model", "Input", "Ctx", "Local", "Auth", "Tags"]);
    for Row { key, name: _, input, context_window, local, available, tags, missing: _ } in rows {
        let cells = [
            key.clone(),
            input.clone().unwrap_or_else(|| "-".to_owned()),
            context_window.map_or_else(|| "-".to_owned(), short),
            local.map_or_else(|| "-".to_owned(), yes),
            yes(*available),
            tags.join(" "),
        ];
        table.add_row(cells.map(|text| cell(&text)));
    }
    // Each cell comes with a blank on both sides.
    let line = |line: &str| format!("{}\n", line.strip_prefix(' ').unwrap_or(line).trim_end());
    table.to_string().lines().map(line).collect()
}

/// A number of tokens: `200k`.
fn short(tokens: u64) -> String {
    if tokens >= 1_000 { format!("{}k", tokens / 1_000) } else { tokens.to_string() }
}
