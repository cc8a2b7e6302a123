//! `modelpin store gc`

use std::time::Duration;

use clap::Args;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::cell::cell;
use crate::cli::failure::Failure;
use crate::cli::open::{again, look};
use crate::cli::output::Output;
use crate::cli::store::looked_through;
use crate::config::Retention;
use crate::store::{CollectedTable, Collection, Kept, Limits, collect, collectable};

/// For how long benches are kept that have ended: whoever fails again soon is benched for longer.
const BENCHES: Duration = Duration::from_hours(30 * 24);

/// Whether to do it.
#[derive(Debug, Args)]
pub(crate) struct Gc {
    /// Only say what would be taken away
    #[arg(long)]
    dry_run: bool,
}

/// What was done, as printed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    at: String,
    dry_run: bool,
    #[serde(flatten)]
    collection: Collection,
}

/// Takes it away, or says what would be.
pub(crate) fn run(gc: &Gc, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let installation = look(global, invoked_as, output)?;
    let limits = limits(&installation.settings().config.store.retention, installation.now());
    let place = installation.place();
    let (at, is_there) = looked_through(&installation, &place, &async |state| state.schema().await)?;
    let collection = if is_there.flatten().is_none() {
        output.talk(&format!("Nothing was ever kept in {at}, and nothing was made."));
        Collection::default()
    } else if gc.dry_run {
        let (_, foreseen) = looked_through(&installation, &place, &async |state| collectable(state, &limits).await)?;
        foreseen.unwrap_or_default()
    } else {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(collect(installation.collected()?.as_ref(), &limits))?
    };
    if global.json {
        output.json(&Report { at, dry_run: gc.dry_run, collection })?;
        return Ok(Exit::Ok);
    }
    let Collection { tables, unreadable } = collection;
    if !tables.is_empty() {
        output.data(&format!("{}\n", shown(&tables, gc.dry_run)))?;
    }
    if unreadable > 0 {
        let check = again(global, invoked_as, "store check");
        output.talk(&format!("{unreadable} sessions that make no sense were left as they are: `{check}` names them."));
    }
    Ok(Exit::Ok)
}

fn limits(retention: &Retention, now: Timestamp) -> Limits {
    let Retention { sessions, history, receipts, usage } = *retention;
    let ago = |length: Duration| now.saturating_sub(length).unwrap_or(Timestamp::MIN);
    Limits {
        now,
        sessions: sessions.map(ago),
        history: history.map(ago),
        receipts: receipts.map(ago),
        usage: usage.map(|length| ago(length).to_zoned(TimeZone::UTC).date()),
        benches: ago(BENCHES),
    }
}

fn shown(tables: &[CollectedTable], dry_run: bool) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["table", if dry_run { "would go" } else { "gone" }, "kept"]);
    for CollectedTable { name, rows, kept } in tables {
        let kept = match (kept, *name) {
            (Kept::All(()), _) => "all".to_owned(),
            (Kept::From(day), _) => format!("from {day}"),
            (Kept::Since(at), "sessions") => format!("used since {at:.0}, or with a choice"),
            (Kept::Since(at), "menus" | "benches") => format!("not ended by {at:.0}"),
            (Kept::Since(at), _) => format!("since {at:.0}"),
        };
        table.add_row([cell(name), rows.to_string(), kept]);
    }
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
