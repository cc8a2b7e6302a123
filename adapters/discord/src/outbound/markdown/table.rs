//! Tables, in columns of a fixed-width face.

use std::ops::Range;

use pulldown_cmark::Alignment;
use unicode_width::UnicodeWidthStr;

use crate::outbound::rich::Rich;
use crate::outbound::style::Style;

/// A cell wider than that stands over its column instead of making it wider for all rows.
const WIDEST: usize = 40;

/// A table that is being read.
#[derive(Debug)]
pub(crate) struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    cells: Vec<Cell>,
    source: usize,
}

/// Pieces of text, each with the part of the source that it shows.
#[derive(Debug, Default)]
struct Cell(Vec<(String, Range<usize>)>);

impl Cell {
    fn width(&self) -> usize {
        self.0.iter().map(|(text, _)| text.width()).sum()
    }
}

impl Table {
    pub(crate) fn new(alignments: Vec<Alignment>) -> Self {
        Self { alignments, rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, source: usize) {
        self.rows.push(Row { cells: Vec::new(), source });
    }

    pub(crate) fn cell(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.cells.push(Cell::default());
        }
    }

    /// Adds to the last cell.
    pub(crate) fn push(&mut self, text: &str, source: Range<usize>) {
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.cells.last_mut()) {
            cell.0.push((text.replace('\n', " "), source));
        }
    }

    /// The text of the last cell.
    pub(crate) fn text(&self) -> String {
        let cell = self.rows.last().and_then(|row| row.cells.last());
        cell.map(|Cell(pieces)| pieces.iter().map(|(text, _)| text.as_str()).collect()).unwrap_or_default()
    }

    /// Writes the table: the first row, a line below it, the others.
    pub(crate) fn write(&self, rich: &mut Rich, style: &Style) {
        let widths: Vec<usize> = (0..self.alignments.len()).map(|column| self.width(column)).collect();
        for (number, row) in self.rows.iter().enumerate() {
            let at = row.source;
            if number > 0 {
                rich.push("\n", style, at..at);
            }
            if number == 1 {
                let line: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
                rich.push(&(line.join("─┼─") + "\n"), style, at..at);
            }
            self.write_row(row, &widths, rich, style);
        }
    }

    fn write_row(&self, row: &Row, widths: &[usize], rich: &mut Rich, style: &Style) {
        let mut at = row.source;
        for (column, (cell, alignment)) in row.cells.iter().zip(&self.alignments).enumerate() {
            if column > 0 {
                rich.push(" │ ", style, at..at);
            }
            let room = widths.get(column).map_or(0, |width| width.saturating_sub(cell.width()));
            let before = match alignment {
                Alignment::None | Alignment::Left => 0,
                Alignment::Center => room / 2,
                Alignment::Right => room,
            };
            rich.push(&" ".repeat(before), style, at..at);
            for (text, source) in &cell.0 {
                rich.push(text, style, source.clone());
                at = source.end;
            }
            if column + 1 < row.cells.len() {
                rich.push(&" ".repeat(room - before), style, at..at);
            }
        }
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.cells.get(column));
        cells.map(Cell::width).filter(|width| *width <= WIDEST).max().unwrap_or(1).max(1)
    }
}
