//! The status for a person: tables that fit the screen, and below them what is to be done.

use std::collections::HashMap;

use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table, TableStyle, Width};

use crate::cli::cell::cell;
use crate::cli::models::status::brief::line;
use crate::gateway::told::Told;
use crate::status::{Probes, ProfileStatus, Provider, Report, Running, left};

/// How wide it is where nobody knows how wide the screen is.
pub(crate) const WIDTH: u16 = 80;

/// Ids of up to so many characters are not broken over lines, so that they can be copied; longer ones stand below the
/// table as well.
const WHOLE: usize = 26;

/// How many characters a fingerprint has.
const FINGERPRINT: usize = 12;

/// The whole text; without a `width`, that of the screen.
pub(crate) fn text(report: &Report, width: Option<u16>, colours: bool) -> String {
    let page = Page { width, colours };
    let mut parts = vec![page.head(report), page.credentials(report), page.providers(report)];
    if let Some(probes) = &report.auth.probes {
        parts.push(page.probes(probes));
    }
    parts.push(Page::remarks(report));
    parts.extend(report.running.iter().filter(|running| !running.is_empty()).map(|running| differences(running)));
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n") + "\n"
}

/// How it is written.
struct Page {
    width: Option<u16>,
    colours: bool,
}

impl Page {
    fn head(&self, report: &Report) -> String {
        let mut table = self.table(&[]);
        let mut row = |what: &str, said: String| {
            table.add_row([Cell::new(what), Cell::new(cell(&said))]);
        };
        row("Config", report.config_path.clone());
        row("Agent dir", report.agent_dir.clone());
        row("Auth store", report.auth.store_path.clone());
        row("Default", report.resolved_default.clone());
        if !report.fallbacks.is_empty() {
            row(&format!("Fallbacks ({})", report.fallbacks.len()), report.fallbacks.join(", "));
        }
        if let Some(image) = &report.image_model {
            row("Image model", format!("{image} (not asked here)"));
        }
        if !report.aliases.is_empty() {
            let aliases: Vec<String> =
                report.aliases.iter().map(|(alias, model)| format!("{alias} -> {model}")).collect();
            row(&format!("Aliases ({})", aliases.len()), aliases.join(", "));
        }
        if !report.allowed.is_empty() {
            row(&format!("Allowed ({})", report.allowed.len()), report.allowed.join(", "));
        }
        let shell = &report.auth.shell_env_fallback;
        if shell.enabled {
            row("Shell env", format!("on; {} taken from it", shell.applied_keys.len()));
        }
        finished(&table)
    }

    fn credentials(&self, report: &Report) -> String {
        let profiles = &report.auth.oauth.profiles;
        let remarks: HashMap<&str, &str> = report
            .warnings
            .iter()
            .chain(&report.check.reasons)
            .filter_map(|remark| Some((remark.profile.as_deref()?, remark.code)))
            .collect();
        if profiles.is_empty() {
            return String::new();
        }
        let mut table = self.table(&["Credential", "Type", "State", "Expires", "Used", "Fingerprint"]);
        for profile in profiles {
            let state = state(profile, remarks.get(profile.profile_id.as_str()).copied());
            let good = profile.usable && profile.expiry.state != "expiring";
            let expires = match (profile.expiry.remaining_ms, profile.refreshable) {
                (Some(ms), _) if ms <= 0 && profile.refreshable => "renewed at use".to_owned(),
                (Some(ms), _) if ms <= 0 => "ended".to_owned(),
                (Some(ms), true) => format!("in {}, renewed", left(ms)),
                (Some(ms), false) => format!("in {}", left(ms)),
                (None, _) => "-".to_owned(),
            };
            let used = match (profile.in_use, profile.pins.count) {
                (false, _) => "no".to_owned(),
                (true, 0) => "yes".to_owned(),
                (true, 1) => "1 pin".to_owned(),
                (true, pins) => format!("{pins} pins"),
            };
            table.add_row([
                Cell::new(cell(&profile.profile_id)),
                Cell::new(profile.kind),
                self.coloured(&cell(&state), good, profile.in_use),
                Cell::new(expires),
                Cell::new(used),
                Cell::new(profile.fingerprint.as_deref().unwrap_or("-")),
            ]);
        }
        let ids = || profiles.iter().map(|profile| profile.profile_id.as_str());
        let longest = ids().map(|id| id.chars().count()).max().unwrap_or(0).min(WHOLE);
        // The other columns hold words, which may go on in the next line.
        for (column, characters) in [(0, longest), (2, "expiring".len()), (5, FINGERPRINT)] {
            if let Some(column) = table.column_mut(column) {
                // With a blank on both sides.
                let width = u16::try_from(characters + 2).unwrap_or(WIDTH);
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
            }
        }
        let broken: String =
            ids().filter(|id| id.chars().count() > WHOLE).map(|id| format!("\n  in one piece: {}", cell(id))).collect();
        format!("Credentials\n{}{broken}", finished(&table))
    }

    fn providers(&self, report: &Report) -> String {
        let mut table = self.table(&["Provider", "Takes", "Tried in this order", "Where"]);
        for view in &report.auth.providers {
            let Provider { provider, effective, in_use, endpoint, order, env, models_json, shadowed, .. } = view;
            let mut takes = effective.kind.to_owned();
            if let ("env", Some(env)) = (effective.kind, env) {
                takes = format!("{} ({})", env.source, env.value);
            } else if let ("models.json", Some(found)) = (effective.kind, models_json) {
                takes = format!("{} ({})", found.source, found.value);
            }
            for shadowed in shadowed {
                let differs = if shadowed.differs { "differs" } else { "the same" };
                takes.push_str(&format!("\nshadowed: {} ({differs})", shadowed.source));
            }
            let few: Vec<&str> = order.iter().take(8).map(String::as_str).collect();
            let more = order.len().saturating_sub(few.len());
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            let tried = if few.is_empty() { "-".to_owned() } else { few.join(", ") + &more };
            let missing = effective.kind == "missing";
            table.add_row([
                Cell::new(cell(&if *in_use { provider.clone() } else { format!("{provider} (not in use)") })),
                self.coloured(&cell(&takes), !missing, *in_use),
                Cell::new(cell(&tried)),
                Cell::new(endpoint.as_deref().map_or_else(|| "not known".to_owned(), cell)),
            ]);
        }
        if table.is_empty() { String::new() } else { format!("Providers\n{}", finished(&table)) }
    }

    fn probes(&self, probes: &Probes) -> String {
        let mut table = self.table(&["Model", "Credential", "Answer", "Took"]);
        for result in &probes.results {
            let said = match &result.error {
                Some(error) => format!("{}: {error}", result.class.unwrap_or(result.status)),
                None => result.status.to_owned(),
            };
            table.add_row([
                Cell::new(cell(result.model.as_deref().unwrap_or("-"))),
                Cell::new(cell(&result.label)),
                self.coloured(&cell(&said), result.status == "ok", true),
                Cell::new(result.latency_ms.map_or_else(|| "-".to_owned(), |ms| format!("{ms} ms"))),
            ]);
        }
        let good = probes.results.iter().filter(|result| result.status == "ok").count();
        format!("Probes\n{}\n{good} of {} answered", finished(&table), probes.total_targets)
    }

    fn remarks(report: &Report) -> String {
        let list = |what: &str, remarks: &[_]| {
            let lines: Vec<String> =
                remarks.iter().map(|remark| format!("  {}", line(remark).replace('\n', "\n  "))).collect();
            if lines.is_empty() { String::new() } else { format!("{what}\n{}\n", cell(&lines.join("\n"))) }
        };
        let problems = list("To be mended", &report.check.reasons);
        let warnings = list("Worth knowing", &report.warnings);
        let parts: Vec<&str> =
            [problems.trim_end(), warnings.trim_end()].into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { "All credentials in use are usable.".to_owned() } else { parts.join("\n\n") }
    }

    /// Bad is red where it counts, and yellow where it does not.
    fn coloured(&self, text: &str, good: bool, counts: bool) -> Cell {
        let colour = match (good, counts) {
            (true, _) => Color::Green,
            (false, true) => Color::Red,
            (false, false) => Color::Yellow,
        };
        if self.colours { Cell::new(text).fg(colour) } else { Cell::new(text) }
    }

    fn table(&self, header: &[&str]) -> Table {
        let mut table = Table::new();
        table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Dynamic);
        if let Some(width) = self.width {
            table.set_width(width);
        }
        if !header.is_empty() {
            table.set_header(header.iter().copied());
        }
        table
    }
}

/// In a word or two: what is wrong is told in full below.
fn state(profile: &ProfileStatus, code: Option<&str>) -> String {
    match (code, &profile.reason, profile.usable) {
        (Some(code), _, _) => code.replace('_', " "),
        (None, Some(reason), _) => reason.clone(),
        (None, None, true) => "usable".to_owned(),
        (None, None, false) => "not usable".to_owned(),
    }
}

/// The lines of a table, without blanks at their ends.
fn finished(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn differences(running: &[Running]) -> String {
    let mut lines = vec!["Running now".to_owned()];
    for program in running {
        let Running { pid, command, since, answered, served, differences, .. } = program;
        let what = command.as_deref().unwrap_or("a program");
        let since = since.as_ref().map(|since| format!(", since {since}")).unwrap_or_default();
        lines.push(match (answered, differences.is_empty()) {
            (false, _) => format!("  {what} (process {pid}) did not answer in time"),
            (true, true) => format!("  {what} (process {pid}{since}) sees the same"),
            (true, false) => format!("  {what} (process {pid}{since}) sees something else:"),
        });
        lines.extend(differences.iter().map(|difference| format!("    {difference}")));
        lines.extend(served.iter().flat_map(|served| &served.channels).map(channel));
    }
    cell(&lines.join("\n"))
}

fn channel(told: &Told) -> String {
    let Told { channel, account, name: _, bot, state, why, since } = told;
    let bot = bot.as_ref().map(|bot| format!(" as @{bot}")).unwrap_or_default();
    let why = why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("    {channel}:{account} {state}{bot}, since {since}{why}")
}
