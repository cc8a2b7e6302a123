//! What has been read so far, and what it stands in.

use std::ops::Range;

use pulldown_cmark::{Alignment, LinkType};

use crate::outbound::clean::is_blank;
use crate::outbound::markdown::link::{Link, may_hide_an_address};
use crate::outbound::markdown::lists::Lists;
use crate::outbound::markdown::table::Table;
use crate::outbound::rich::Rich;
use crate::outbound::style::{Face, Style};

/// A quotation deeper than that is shown no deeper.
const DEEPEST_QUOTE: u32 = 8;

/// Puts the text together, with what parts its blocks.
///
/// What parts a block from the one before is written when the first of its text comes: a block without any leaves no
/// empty lines behind.
pub(crate) struct Writer<'a> {
    source: &'a str,
    rich: Rich,
    pub(crate) face: Face,
    /// How high the heading is that has begun; 0 for none.
    pub(crate) heading: u8,
    pub(crate) bold: u32,
    pub(crate) italic: u32,
    pub(crate) strike: u32,
    pub(crate) lists: Lists,
    /// How many quotations it is in.
    quotes: u32,
    /// The number of the outermost one, counted through the text.
    quote: u32,
    /// Whether what comes goes on in the line that has begun.
    in_leaf: bool,
    /// The length of the text where the present block of lines began.
    leaf_start: usize,
    /// Where it began in the source, if its text begins later.
    leaf_source: Option<usize>,
    table: Option<Table>,
    /// Where the last cell ended in the source.
    cell_end: usize,
    links: Vec<OpenLink>,
}

struct OpenLink {
    link: Link,
    /// The face around it.
    outer: Face,
    /// Where its text begins, in what is written, and in the cell if it is in one.
    start: usize,
    cell_start: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self {
            source,
            rich: Rich::default(),
            face: Face::Text,
            heading: 0,
            bold: 0,
            italic: 0,
            strike: 0,
            lists: Lists::default(),
            quotes: 0,
            quote: 0,
            in_leaf: false,
            leaf_start: 0,
            leaf_source: None,
            table: None,
            cell_end: 0,
            links: Vec::new(),
        }
    }

    pub(crate) fn finish(self) -> Rich {
        self.rich
    }

    pub(crate) fn text(&mut self, text: &str, range: Range<usize>) {
        if text.is_empty() {
            return;
        }
        if let Some(table) = &mut self.table {
            table.push(text, range);
            return;
        }
        self.leaf_begins(range.start);
        self.rich.push(text, &self.style(), range);
    }

    /// Code within a line. In a link it is text.
    pub(crate) fn code(&mut self, text: &str, range: Range<usize>) {
        let ticks = self.source.get(range.clone()).map_or(0, |code| code.len() - code.trim_start_matches('`').len());
        let inside = (range.start + ticks)..range.end;
        let start = self
            .source
            .get(inside.clone())
            .and_then(|code| code.find(text))
            .map_or(inside.start, |at| inside.start + at);
        let face = if self.face == Face::Text { Face::Code } else { self.face.clone() };
        let outer = std::mem::replace(&mut self.face, face);
        self.text(text, start..range.end);
        self.face = outer;
    }

    pub(crate) fn line_feed(&mut self, range: Range<usize>) {
        self.text("\n", range.clone());
        if self.table.is_none() {
            self.indent(range.end);
        }
    }

    /// The line that has begun is at its end.
    pub(crate) fn leaf_ends(&mut self) {
        self.in_leaf = false;
        self.leaf_source = None;
    }

    /// A block begins there in the source, its text perhaps later.
    pub(crate) fn leaf_at(&mut self, source: usize) {
        self.leaf_ends();
        self.leaf_source = Some(source);
    }

    /// Lines that end with a line feed are at their end.
    pub(crate) fn lines_end(&mut self) {
        if self.in_leaf {
            self.rich.trim_line_feeds(self.leaf_start);
        }
        self.face = Face::Text;
        self.leaf_ends();
    }

    pub(crate) fn quote_starts(&mut self) {
        if self.quotes == 0 {
            self.write_mark();
            self.quote += 1;
            self.lists.quote_starts();
        }
        self.quotes += 1;
    }

    pub(crate) fn quote_ends(&mut self) {
        self.quotes -= 1;
        if self.quotes == 0 {
            self.lists.quote_ends();
        }
    }

    pub(crate) fn item_starts(&mut self, source: usize) {
        if !self.write_mark() {
            self.part(source);
        }
        self.lists.begin_item(source);
    }

    /// An item without anything in it is an item all the same.
    pub(crate) fn item_ends(&mut self) {
        self.write_mark();
    }

    pub(crate) fn table_starts(&mut self, alignments: Vec<Alignment>, source: usize) {
        self.face = Face::Pre(None);
        self.leaf_begins(source);
        self.table = Some(Table::new(alignments));
    }

    pub(crate) fn row_starts(&mut self, source: usize) {
        if let Some(table) = &mut self.table {
            table.row(source);
        }
    }

    pub(crate) fn cell_starts(&mut self) {
        if let Some(table) = &mut self.table {
            table.cell();
        }
    }

    pub(crate) fn cell_ends(&mut self, source: usize) {
        self.cell_end = source;
    }

    /// What stands in a row beyond the last column belongs to no cell, and is text all the same.
    pub(crate) fn row_ends(&mut self, source: usize) {
        let Some(over) = self.source.get(self.cell_end..source) else { return };
        let text = over.trim_matches([' ', '|', '\n', '>']);
        if let (Some(table), Some(at), false) = (&mut self.table, over.find(text), text.is_empty()) {
            let start = self.cell_end + at;
            table.push(" ", start..start);
            table.push(text, start..start + text.len());
        }
    }

    pub(crate) fn table_ends(&mut self) {
        let style = self.style();
        if let Some(table) = self.table.take() {
            table.write(&mut self.rich, &style);
        }
        self.face = Face::Text;
        self.leaf_ends();
    }

    pub(crate) fn link_starts(&mut self, link: Link, range: Range<usize>) {
        if let Link::Verbatim(_) = link {
            let image = self.source.get(range.clone()).is_some_and(|text| text.starts_with('!'));
            self.text(if image { "![" } else { "[" }, range);
        } else if self.table.is_none() {
            self.leaf_begins(range.start);
        }
        let open =
            OpenLink { outer: self.face.clone(), start: self.rich.text().len(), cell_start: self.cell_length(), link };
        if let (Link::Pressable(address, _), Face::Text, None) = (&open.link, &self.face, &self.table) {
            self.face = Face::Link(address.clone());
        }
        self.links.push(open);
    }

    pub(crate) fn link_ends(&mut self, range: Range<usize>) {
        let Some(OpenLink { link, outer, start, cell_start }) = self.links.pop() else { return };
        let label = match &self.table {
            Some(table) => table.text().get(cell_start..).unwrap_or_default().trim().to_owned(),
            None => self.rich.text().get(start..).unwrap_or_default().trim().to_owned(),
        };
        let pressable = matches!((&link, &self.face), (Link::Pressable(address, _), Face::Link(own)) if address == own);
        match link {
            Link::Verbatim(kind) => {
                let end = verbatim_end(kind, self.source.get(range.clone()).unwrap_or_default());
                self.text(end, range.end.saturating_sub(end.len())..range.end);
            }
            Link::Pressable(_, told) | Link::Told(told) => {
                let hidden = pressable && may_hide_an_address(&label);
                if !hidden {
                    self.rich.unlink(start);
                }
                self.face = outer.clone();
                if is_blank(&label) {
                    self.text(&told, range);
                } else if !hidden && label != told && !told.is_empty() {
                    let length = (told.len() + " ()".len()).min(range.len());
                    self.text(&format!(" ({told})"), range.end - length..range.end);
                }
            }
        }
        self.face = outer;
    }

    fn cell_length(&self) -> usize {
        self.table.as_ref().map_or(0, |table| table.text().len())
    }

    /// How text looks that comes now.
    fn style(&self) -> Style {
        Style {
            quote: (self.quotes > 0).then_some(self.quote),
            face: self.face.clone(),
            heading: self.heading,
            bold: self.bold > 0,
            italic: self.italic > 0,
            strike: self.strike > 0,
        }
    }

    fn leaf_begins(&mut self, source: usize) {
        if self.in_leaf {
            return;
        }
        self.in_leaf = true;
        let source = self.leaf_source.take().unwrap_or(source);
        let marked = self.write_mark();
        let pre = self.style().is_pre();
        if !marked {
            self.part(source);
            if !pre {
                self.indent(source);
            }
        } else if pre {
            self.write_sign("\n", source);
        }
        self.leaf_start = self.rich.text().len();
    }

    /// Writes what stands before the item that has begun, if nothing of it was written yet.
    fn write_mark(&mut self) -> bool {
        let Some(mark) = self.lists.take_mark() else { return false };
        self.write_sign(&mark.text, mark.source);
        true
    }

    /// Writes signs that are not in the source.
    fn write_sign(&mut self, text: &str, source: usize) {
        let Style { quote, heading, .. } = self.style();
        self.rich.push(text, &Style { quote, heading, face: Face::Sign, ..Style::default() }, source..source);
    }

    /// Writes what stands before a line that is not the first one of an item. Discord has no quotation in another, so of the
    /// inner ones the signs are shown.
    fn indent(&mut self, source: usize) {
        let inner = self.quotes.saturating_sub(1).min(DEEPEST_QUOTE);
        let Style { quote, heading, .. } = self.style();
        let quoted = Style { quote, heading, ..Style::default() };
        (0..inner).for_each(|_| self.rich.push("> ", &quoted, source..source));
        let indentation = self.lists.indentation();
        self.write_sign(&indentation, source);
    }

    /// An empty line where the source has one, else a new line.
    fn part(&mut self, source: usize) {
        if self.rich.is_empty() {
            return;
        }
        let mut lines = self.source.get(..source).unwrap_or_default().rsplit('\n');
        let empty = lines.nth(1).is_some_and(|line| line.trim_matches([' ', '>']).is_empty());
        self.rich.part(if empty { "\n\n" } else { "\n" }, &self.style(), source);
    }
}

/// How a link ends whose address stands elsewhere.
fn verbatim_end(kind: LinkType, written: &str) -> &str {
    let at = match kind {
        LinkType::Reference | LinkType::ReferenceUnknown | LinkType::Collapsed | LinkType::CollapsedUnknown => {
            written.rfind("][")
        }
        LinkType::Inline
        | LinkType::Shortcut
        | LinkType::ShortcutUnknown
        | LinkType::Autolink
        | LinkType::Email
        | LinkType::WikiLink { .. } => written.rfind(']'),
    };
    at.and_then(|at| written.get(at..)).unwrap_or("]")
}
