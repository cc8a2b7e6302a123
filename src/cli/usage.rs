//! `modelpin usage`

use clap::Args;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::cell::cell;
use crate::cli::failure::Failure;
use crate::cli::open::look;
use crate::cli::output::Output;
use crate::cli::since::Since;
use crate::store::UsageQuery;
use crate::usage::{Dimension, Tally, money};

/// Show what answers have cost, by credential, person, session, model or day
#[derive(Debug, Args)]
pub(crate) struct Usage {
    /// What to sum up by: profile, fingerprint, user, session, model or day
    #[arg(long, default_value = "profile", value_name = "WHAT")]
    by: Dimension,
    /// From the day of that on, in UTC: 7d, 2026-11-26
    #[arg(long, value_name = "WHEN")]
    since: Option<Since>,
    /// Only what was asked with that profile
    #[arg(long, value_name = "ID")]
    of_profile: Option<String>,
    /// Only what that person asked, such as telegram:42
    #[arg(long, value_name = "CHANNEL:ID")]
    user: Option<String>,
}

/// What was used, as printed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    by: &'static str,
    currency: String,
    rows: Vec<Row>,
    total: Tally,
}

#[derive(Serialize)]
struct Row {
    key: String,
    #[serde(flatten)]
    tally: Tally,
}

/// Prints the sums.
pub(crate) fn run(usage: &Usage, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let Usage { by, since, of_profile, user } = usage;
    let installation = look(global, invoked_as, output)?;
    let from = since.map(|since| since.day(installation.now()));
    let query = UsageQuery { from, to: None, profile: of_profile.clone(), user: user.clone() };
    let sums = match installation.open_state()? {
        Some(store) => {
            let runtime = tokio::runtime::Builder::new_current_thread().build()?;
            runtime.block_on(store.usage(*by, &query))?
        }
        None => Vec::new(),
    };
    let mut total = Tally::default();
    for (_, tally) in &sums {
        total += *tally;
    }
    let currency = installation.settings().config.usage.currency.clone();
    if global.json {
        let rows = sums.into_iter().map(|(key, tally)| Row { key, tally }).collect();
        output.json(&Report { by: by.as_str(), currency, rows, total })?;
        return Ok(Exit::Ok);
    }
    if sums.is_empty() {
        output.talk("Nothing was asked yet.");
        return Ok(Exit::Ok);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([by.as_str(), "turns", "requests", "failed", "tokens in", "out", "cost"]);
    for (key, tally) in sums.iter().chain([&("total".to_owned(), total)]) {
        let Tally { turns, requests, failures, tokens_in, tokens_out, .. } = tally;
        let numbers = [turns, requests, failures, tokens_in, tokens_out].map(ToString::to_string);
        table.add_row([cell(key)].into_iter().chain(numbers).chain([money(tally, &currency)]));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    output.data(&format!("{}\n", table.trim_fmt()))?;
    if total.unpriced > 0 {
        output.talk("`+?` stands for answers whose price is not known: `usage.prices` in the configuration says it.");
    }
    Ok(Exit::Ok)
}
