//! The lines of `fixtures/health/failures.txt`.

use crate::engine::failures::answer::Format;

/// What becomes of another session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Elsewhere {
    Answered,
    Refused,
    Waits,
}

/// One line.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) answer: String,
    pub(super) class: String,
    pub(super) benched: String,
    /// Seconds, `None` until the secret changes; and strikes.
    pub(super) first: (Option<i64>, u32),
    pub(super) again: (Option<i64>, u32),
    /// The same credential and model, elsewhere.
    pub(super) same: Elsewhere,
    /// The same credential on another model.
    pub(super) other: Elsewhere,
    /// Another credential on the same model.
    pub(super) another: Elsewhere,
}

/// The lines that count for `format`.
pub(super) fn rows(format: Format) -> Vec<Row> {
    let text = include_str!("../../../fixtures/health/failures.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let rows: Vec<Row> = lines.filter_map(|line| row(line, format)).collect();
    assert!(rows.len() > 20, "the table is read");
    rows
}

fn row(line: &str, format: Format) -> Option<Row> {
    let mut cells = line.split('|').map(str::trim);
    let mut cell = || cells.next().unwrap_or_else(|| panic!("a cell is missing: {line}")).to_owned();
    let row = Row {
        answer: cell(),
        class: cell(),
        benched: cell(),
        first: bench(&cell()),
        again: bench(&cell()),
        same: elsewhere(&cell()),
        other: elsewhere(&cell()),
        another: elsewhere(&cell()),
    };
    cells.next().is_none_or(|only| only == format.provider()).then_some(row)
}

fn bench(cell: &str) -> (Option<i64>, u32) {
    let (seconds, strikes) = cell.split_once(' ').unwrap();
    let seconds = (seconds != "-").then(|| seconds.parse().unwrap());
    (seconds, strikes.parse().unwrap())
}

fn elsewhere(cell: &str) -> Elsewhere {
    match cell {
        "answered" => Elsewhere::Answered,
        "refused" => Elsewhere::Refused,
        "waits" => Elsewhere::Waits,
        other => panic!("{other} is no outcome"),
    }
}
