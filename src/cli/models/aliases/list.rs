//! `modelpin models aliases list`

use std::collections::BTreeMap;

use clap::Args;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;

/// Show the aliases, and what they stand for
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Print `alias model`, one a line
    #[arg(long)]
    plain: bool,
}

/// What `--json` prints.
#[derive(Default, Serialize)]
struct Listing {
    aliases: BTreeMap<String, String>,
    /// Those that were given to several models, and so stand for none.
    ambiguous: BTreeMap<String, Vec<String>>,
}

/// Prints them, the built-in ones too.
pub(crate) fn run(list: &List, call: &mut Call<'_>) -> Result<Exit, Failure> {
    call.plain_or_json(list.plain)?;
    let settings = call.installation.settings();
    let mut meant: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (alias, model) in settings.catalog.aliases() {
        // Letter case tells no two of them apart.
        let known = meant.keys().find(|known| known.to_lowercase() == alias.as_str().to_lowercase()).cloned();
        meant.entry(known.unwrap_or_else(|| alias.to_string())).or_default().push(model.to_string());
    }
    let mut listing = Listing::default();
    for (alias, mut models) in meant {
        match models.len() {
            1 => listing.aliases.extend(models.pop().map(|model| (alias, model))),
            _ => drop(listing.ambiguous.insert(alias, models)),
        }
    }
    if call.global.json {
        call.output.json(&listing)?;
        return Ok(Exit::Ok);
    }
    let between = if list.plain { " " } else { " -> " };
    let Listing { aliases, ambiguous } = &listing;
    let text: String = aliases.iter().map(|(alias, model)| format!("{alias}{between}{model}\n")).collect();
    call.output.data(&modelpin_terminal::visible(&text))?;
    if aliases.is_empty() && ambiguous.is_empty() {
        let add = call.command("aliases add NAME MODEL");
        call.output.talk(&format!("There is no alias. To give a model one: {add}"));
    }
    for (alias, models) in ambiguous {
        let told = format!("`{alias}` was given to {}, and so stands for none of them.", models.join(" and "));
        call.output.talk(&modelpin_terminal::visible(&told));
    }
    Ok(Exit::Ok)
}
