//! `modelpin models fallbacks list`

use clap::Args;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;

/// Show the fallbacks, the first to be tried first
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Print their names only
    #[arg(long)]
    plain: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Listing {
    fallbacks: Vec<String>,
}

/// Prints those that count for the agent.
pub(crate) fn run(list: &List, call: &mut Call<'_>) -> Result<Exit, Failure> {
    call.plain_or_json(list.plain)?;
    let settings = call.installation.settings();
    for problem in settings.catalog.problems() {
        call.output.talk(&modelpin_terminal::visible(&problem.to_string()));
    }
    let fallbacks: Vec<String> = settings.catalog.fallbacks().iter().map(ToString::to_string).collect();
    if call.global.json {
        call.output.json(&Listing { fallbacks })?;
        return Ok(Exit::Ok);
    }
    let number = |at: usize| if list.plain { String::new() } else { format!("{}. ", at + 1) };
    let text: String = fallbacks.iter().enumerate().map(|(at, model)| format!("{}{model}\n", number(at))).collect();
    call.output.data(&modelpin_terminal::visible(&text))?;
    if fallbacks.is_empty() {
        let add = call.command("fallbacks add MODEL");
        call.output.talk(&format!("There are no fallbacks: when the default fails, that is said. To add one: {add}"));
    }
    Ok(Exit::Ok)
}
