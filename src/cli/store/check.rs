//! `modelpin store check`

use clap::Args;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use modelpin_terminal::visible;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::cell::cell;
use crate::cli::failure::Failure;
use crate::cli::open::{again, look};
use crate::cli::output::Output;
use crate::cli::store::{TypedPlace, looked_through};
use crate::store::{Examination, ExaminedTable, RowFlaw, check};

/// Where to look.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Where the state is: sqlite, sqlite:PATH, or postgres for what `store.url` names [default: where the program has it]
    #[arg(long, value_name = "PLACE")]
    at: Option<TypedPlace>,
}

/// What was found, as printed.
#[derive(Serialize)]
struct Report {
    at: String,
    whole: bool,
    /// `null` where nothing was ever kept.
    state: Option<Examination>,
}

/// Looks at all of it.
pub(crate) fn run(asked: &Check, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let place = asked.at.as_ref().map(|at| at.behind("--at").cloned()).transpose()?;
    let installation = look(global, invoked_as, output)?;
    let place = place.unwrap_or_else(|| installation.place());
    let (at, state) = looked_through(&installation, &place, &async |state| check(state).await)?;
    let state = state.flatten();
    let whole = state.as_ref().is_none_or(Examination::is_whole);
    let exit = if whole { Exit::Ok } else { Exit::Misconfigured };
    if global.json {
        output.json(&Report { at, whole, state })?;
        return Ok(exit);
    }
    let Some(state) = state else {
        output.talk(&format!("Nothing was ever kept in {at}, and nothing was made."));
        return Ok(exit);
    };
    output.data(&(lines(&state) + "\n"))?;
    if whole {
        output.talk(&format!("{at} is whole."));
    } else {
        output.talk(&format!(
            "{at} is not whole. Nothing was changed. Keep a copy of it as it is; put back what is named here from an earlier \
             copy while no program works on it, and look again with `{}`.",
            again(global, invoked_as, "store check")
        ));
    }
    Ok(exit)
}

fn lines(state: &Examination) -> String {
    let Examination { schema, tables, flaws, audit, database } = state;
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["table", "rows", "flaws"]);
    for ExaminedTable { name, rows, flaws } in tables {
        table.add_row([cell(name), rows.to_string(), flaws.to_string()]);
    }
    for number in 1..=2 {
        if let Some(column) = table.column_mut(number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut lines = vec![table.to_string(), format!("schema {schema}")];
    for RowFlaw { table, key, why } in flaws {
        let key = if key.is_empty() { String::new() } else { format!(" {}", key.join(" ")) };
        lines.push(visible(&format!("{table}{key}: {why}")));
    }
    let counted: u64 = tables.iter().map(|table| table.flaws).sum();
    let more = counted.saturating_sub(flaws.len() as u64);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.extend(audit.flaws.iter().map(|flaw| format!("audit: {flaw}")));
    lines.extend(database.iter().map(|flaw| visible(&format!("the database: {flaw}"))));
    lines.join("\n")
}
