//! `modelpin store`

mod export;
mod import;
mod shared;

use clap::{Args, Subcommand};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::app::StatePlace;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::cell::cell;
use crate::cli::failure::Failure;
use crate::cli::open::look;
use crate::cli::output::Output;
use crate::gateway::lock::{GatewayLock, Unlocked};
use crate::store::{CopyFault, copy};

/// Look after where the state is kept
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Carry all of the state from one database into another that is empty, and compare them row by row
    Migrate(Migrate),
    /// Take the credentials of an agent from a file into the database that `store.url` names, sealed
    Import(import::Import),
    /// Write the credentials of an agent that are in the database into a file
    Export(export::Export),
}

/// Where to and where from.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Where the state is: sqlite, sqlite:PATH, or postgres for what `store.url` names
    #[arg(long, default_value = "sqlite", value_name = "PLACE")]
    from: StatePlace,
    /// Where it is to go, in the same words
    #[arg(long, default_value = "postgres", value_name = "PLACE")]
    to: StatePlace,
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

/// Runs one of them.
pub(crate) fn run(
    command: &StoreCommand,
    global: &Global,
    invoked_as: &str,
    output: &mut Output,
) -> Result<Exit, Failure> {
    match command {
        StoreCommand::Migrate(carry) => migrate(carry, global, invoked_as, output),
        StoreCommand::Import(import) => import::run(import, global, invoked_as, output),
        StoreCommand::Export(export) => export::run(export, global, invoked_as, output),
    }
}

fn migrate(
    Migrate { from, to }: &Migrate,
    global: &Global,
    invoked_as: &str,
    output: &mut Output,
) -> Result<Exit, Failure> {
    if from == to {
        return Err(Failure::Misuse("--from and --to name the same database".to_owned()));
    }
    let installation = look(global, invoked_as, output)?;
    // What a gateway writes meanwhile would be missing.
    let _lock = match GatewayLock::take(&installation.places().state_dir) {
        Ok(lock) => Some(lock),
        Err(Unlocked::Held(pid)) => {
            let who = pid.map_or_else(|| "a gateway".to_owned(), |pid| format!("the gateway of process {pid}"));
            return Err(Failure::Misuse(format!("{who} is at work on this state: end it first. Nothing was changed")));
        }
        Err(Unlocked::Broken(_)) => None,
    };
    let (source, from) = installation.carried(from, true)?;
    let (target, to) = installation.carried(to, false)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let copied = runtime.block_on(copy(source.as_ref(), target.as_ref())).map_err(|fault| match fault {
        CopyFault::Store(fault) => fault.into(),
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
    Ok(Exit::Ok)
}
