//! The report for a person: tables that fit on a terminal.

use comfy_table::{ContentArrangement, Table, presets};
use modelpin_terminal::visible;

use crate::cli::cell::cell;
use crate::cli::import::openclaw::report::{File, HealthRow, OrderRow, ProfileRow, Report};
use crate::cli::sessions::pins::{Fate, Row};
use crate::profile;

/// How wide a table is at the most.
const WIDTH: u16 = 80;

/// The report.
pub(crate) fn of(report: &Report) -> String {
    let Report { applied: _, from: _, files, pins, sessions_without_choice: _, left } = report;
    let mut text = String::new();
    for file in files {
        let File { agent, file: path, changed: _, verified: _, profiles, order, health } = file;
        let rows = profiles.iter().map(credential).chain(order.iter().map(tried)).chain(health.iter().map(window));
        section(&mut text, &format!("Agent {agent}, in {path}"), rows);
    }
    section(&mut text, "Pins", pins.iter().map(pin));
    section(&mut text, "Left behind", left.iter().map(|left| vec!["-".to_owned(), left.clone()]));
    text
}

fn section(text: &mut String, heading: &str, rows: impl Iterator<Item = Vec<String>>) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    for row in rows {
        // It belongs to other programs: what it says is not let loose on the terminal.
        table.add_row(row.iter().map(|text| cell(text)).collect::<Vec<_>>());
    }
    if !table.is_empty() {
        let gap = if text.is_empty() { "" } else { "\n" };
        *text += &format!("{gap}{}\n{}\n", visible(heading), table.trim_fmt());
    }
}

fn credential(row: &ProfileRow) -> Vec<String> {
    let ProfileRow { id, provider: _, kind, fingerprint, expires, fate, why } = row;
    let secret = fingerprint.clone().unwrap_or_else(|| "kept elsewhere".to_owned());
    // The day will do, and leaves room for the rest.
    let expires = expires.as_ref().and_then(|end| end.split('T').next()).map(|day| format!("expires {day}"));
    vec![sign(*fate), id.clone(), (*kind).to_owned(), secret, joined([expires, why.map(str::to_owned)])]
}

fn tried(row: &OrderRow) -> Vec<String> {
    let OrderRow { provider, profiles, fate, why } = row;
    let order = Some(profiles.join(", "));
    vec![sign(*fate), provider.clone(), "order".to_owned(), String::new(), joined([order, why.map(str::to_owned)])]
}

fn window(row: &HealthRow) -> Vec<String> {
    let HealthRow { profile, until, reason, fate, why } = row;
    let until = until.as_ref().map_or_else(
        || "when it was last used".to_owned(),
        |until| match reason {
            Some(reason) => format!("not before {until} ({reason})"),
            None => format!("not before {until}"),
        },
    );
    let said = joined([Some(until), why.map(str::to_owned)]);
    vec![sign(*fate), profile.clone(), "health".to_owned(), String::new(), said]
}

fn pin(row: &Row) -> Vec<String> {
    let Row { from, to, model, profile, fate, why } = row;
    let sign = match fate {
        Fate::Taken => "+",
        Fate::Present => "=",
        Fate::Kept | Fate::Skipped => "-",
    };
    let chosen = match (model, profile) {
        (Some(model), Some(profile)) => format!("{model} {profile}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => "-".to_owned(),
    };
    let to = to.clone().unwrap_or_else(|| from.clone());
    vec![sign.to_owned(), to, chosen, why.clone().unwrap_or_default()]
}

fn sign(fate: profile::Fate) -> String {
    match fate {
        profile::Fate::Taken | profile::Fate::Replaced => "+",
        profile::Fate::Present => "=",
        profile::Fate::Kept | profile::Fate::Outdated => "-",
    }
    .to_owned()
}

fn joined(parts: [Option<String>; 2]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
