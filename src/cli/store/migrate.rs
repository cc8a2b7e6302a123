//! `modelpin store migrate`

use clap::Args;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::app::StatePlace;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::cell::cell;
use crate::cli::failure::Failure;
use crate::cli::open::{again, look};
use crate::cli::output::Output;
use crate::cli::store::{TypedPlace, looked_through};
use crate::gateway::lock::{GatewayLock, Unlocked};
use crate::store::{CopyFault, copy};

/// Where to and where from.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Where the state is: sqlite, sqlite:PATH, or postgres for what `store.url` names
    #[arg(long, default_value = "sqlite", value_name = "PLACE")]
    from: TypedPlace,
    /// Where it is to go, in the same words
    #[arg(long, default_value = "postgres", value_name = "PLACE")]
    to: TypedPlace,
}

/// What was done, as printed.
#[derive(Serialize)]
struct Report {
    from: String,
    to: String,
    tables: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    name: &'static str,
    rows: u64,
}

/// Carries it over.
pub(crate) fn run(migrate: &Migrate, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let (from, to) = (migrate.from.behind("--from")?, migrate.to.behind("--to")?);
    if from == to {
        return Err(Failure::Misuse("--from and --to name the same database".to_owned()));
    }
    let installation = look(global, invoked_as, output)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    // Before anything is made where it is to go.
    let (shown, schema) = looked_through(&installation, from, &async |state| state.schema().await)?;
    if schema.flatten().is_none() {
        return Err(Failure::Unreadable(format!(
            "{shown}: there is no state to carry. Nothing was made; say where it is with --from"
        )));
    }
    // What a gateway writes meanwhile would be missing.
    let _lock = match GatewayLock::take(&installation.places().state_dir) {
        Ok(lock) => Some(lock),
        Err(Unlocked::Held(pid)) => {
            let who = pid.map_or_else(|| "a gateway".to_owned(), |pid| format!("the gateway of process {pid}"));
            return Err(Failure::Misuse(format!("{who} is at work on this state: end it first. Nothing was changed")));
        }
        Err(Unlocked::Broken(_)) => None,
    };
    let leaves_credentials = *from == StatePlace::Postgres && installation.auth_store().is_in_vault();
    let (source, from) = installation.carried(from)?;
    let (target, to) = installation.carried(to)?;
    let copied = runtime.block_on(copy(source.as_ref(), target.as_ref())).map_err(|fault| match fault {
        CopyFault::Store(fault) => fault.into(),
        CopyFault::BrokenOff(_) => {
            Failure::Unexpected(format!("{fault}. {to} may hold a part of it; {from} is as it was"))
        }
        CopyFault::NotEmpty(_) | CopyFault::Differs(_) => Failure::Misuse(format!("{to}: {fault}")),
    })?;
    let tables: Vec<Line> = copied.into_iter().map(|table| Line { name: table.name, rows: table.rows }).collect();
    if global.json {
        output.json(&Report { from, to, tables })?;
        return Ok(Exit::Ok);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["table", "rows"]);
    for Line { name, rows } in &tables {
        table.add_row([cell(name), rows.to_string()]);
    }
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    output.data(&format!("{table}\n"))?;
    output
        .talk(&format!("Carried from {from} to {to}, and the same in both. What was there before was left as it is."));
    if leaves_credentials {
        let export = again(global, invoked_as, "store export");
        output.talk(&format!("The credentials in {from} were not carried: `{export}` writes them into a file."));
    }
    Ok(Exit::Ok)
}
