//! A text with styles, in Discord's own Markdown.

use std::ops::Range;

use crate::outbound::escape::{Token, code, escape, is_of_name, opens, tokens};
use crate::outbound::rich::Rich;
use crate::outbound::style::{Face, Mark, Style, shared};

const FENCE: &str = "```";

/// A part of a text, in Discord's Markdown.
pub(crate) fn markdown(rich: &Rich, part: Range<usize>) -> String {
    let mut pieces: Vec<(Range<usize>, &Style)> = Vec::new();
    for (run, style) in rich.runs(part) {
        match pieces.last_mut() {
            Some((last, before)) if before.is_written_like(style) => last.end = run.end,
            Some(_) | None => pieces.push((run, style)),
        }
    }
    let mut page = Page::default();
    for (run, style) in pieces {
        let text = rich.text().get(run).unwrap_or_default();
        if style.is_pre() {
            page.block(text, style);
        } else {
            page.lines(text, style);
        }
    }
    page.finish()
}

/// What is written so far.
#[derive(Debug, Default)]
struct Page<'a> {
    written: String,
    /// The marks that are open, from the outermost. They never go beyond a line.
    open: Vec<Mark<'a>>,
    /// White space that is not written yet: no mark closes after it or opens before it.
    space: String,
    line: Line,
    /// A mark was closed, and nothing was written since.
    is_closed: bool,
}

/// What is in the last line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Line {
    /// Nothing.
    #[default]
    Empty,
    /// Marks of a quotation, a heading or a list.
    Begun,
    Text,
    /// The end of a block of code: it takes nothing else.
    Full,
}

impl<'a> Page<'a> {
    fn finish(mut self) -> String {
        self.close(0);
        // Code outside of its block may begin with white space.
        self.written.trim().to_owned()
    }

    /// Writes text that is no block of code.
    fn lines(&mut self, text: &str, style: &'a Style) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.feed(style);
            }
            if line.is_empty() {
                continue;
            }
            if self.line == Line::Full {
                self.feed(style);
            }
            match &style.face {
                Face::Sign => self.put(line, &[], style, false),
                Face::Code => self.code(line, style),
                Face::Text | Face::Link(_) | Face::Pre(_) => self.words(line, style),
            }
        }
    }

    fn words(&mut self, line: &str, style: &'a Style) {
        let mut marks = style.marks();
        // An escaped `~` would close it together with the first one of the mark.
        if line.contains('~') {
            marks.retain(|mark| *mark != Mark::Strike);
        }
        for token in tokens(line) {
            match token {
                Token::Text(text) => self.put(text, &marks, style, true),
                // In `<…>` it makes no preview, and nothing that follows is taken for a part of it.
                Token::Address(address) => {
                    let inert = !address.contains(['*', '~']);
                    let marks = if inert { marks.as_slice() } else { &[] };
                    self.put(&format!("<{address}>"), marks, style, false);
                }
            }
        }
    }

    fn code(&mut self, line: &str, style: &'a Style) {
        match code(line) {
            Some(code) => self.put(&code, &[], style, false),
            None => self.put(line, &[], style, true),
        }
    }

    /// Writes some text of one line between its marks; white space at its ends is left for later.
    fn put(&mut self, text: &str, marks: &[Mark<'a>], style: &Style, escaped: bool) {
        let body = text.trim_start();
        let lead = text.get(..text.len() - body.len()).unwrap_or_default();
        let body = body.trim_end();
        let tail = text.get(lead.len() + body.len()..).unwrap_or_default();
        self.space.push_str(lead);
        if body.is_empty() {
            return;
        }
        // What is closed here is closed before the space.
        self.close(shared(&self.open, marks));
        self.begin(style);
        if !self.space.is_empty() {
            self.written.push_str(&std::mem::take(&mut self.space));
            self.is_closed = false;
        }
        for mark in marks.iter().skip(self.open.len()) {
            // Where one emphasis begins at the very end of another, Discord finds others than are meant.
            if self.is_closed && mark.is_emphasis() {
                break;
            }
            self.written.push_str(mark.open());
            self.open.push(*mark);
        }
        if escaped {
            self.shut_colon(body);
            self.written.push_str(&escape(body, self.line != Line::Text));
        } else {
            self.written.push_str(body);
        }
        self.is_closed = false;
        if style.face != Face::Sign {
            self.line = Line::Text;
        }
        self.space.push_str(tail);
    }

    /// Escapes a `:` in the run before that means something only with `body`, which follows it.
    fn shut_colon(&mut self, body: &str) {
        let name = self.written.trim_end_matches(is_of_name);
        if let Some(before) = name.strip_suffix(':') {
            let rest = self.written.get(name.len()..).unwrap_or_default();
            let escapes = before.len() - before.trim_end_matches('\\').len();
            if escapes.is_multiple_of(2) && opens(&format!("{rest}{body}")) {
                self.written.insert(before.len(), '\\');
            }
        }
    }

    /// Writes a block of code. A line that has a fence in it stands outside: Discord knows of no longer fences.
    fn block(&mut self, text: &str, style: &'a Style) {
        let trimmed = text.trim_end_matches('\n');
        let after = text.len() - trimmed.len();
        let body = trimmed.trim_start_matches('\n');
        let before = trimmed.len() - body.len();
        (0..before).for_each(|_| self.feed(style));
        let lines: Vec<&str> = body.split('\n').collect();
        for (number, group) in lines.chunk_by(|a, b| a.contains(FENCE) == b.contains(FENCE)).enumerate() {
            if number > 0 {
                self.feed(style);
            }
            if group.iter().any(|line| line.contains(FENCE)) {
                self.outside(group, style);
            } else {
                self.fenced(group, style);
            }
        }
        (0..after).for_each(|_| self.feed(style));
    }

    fn outside(&mut self, lines: &[&str], style: &'a Style) {
        for (number, line) in lines.iter().enumerate() {
            if number > 0 {
                self.feed(style);
            }
            self.put(line, &[], style, true);
        }
    }

    fn fenced(&mut self, lines: &[&str], style: &'a Style) {
        if lines.iter().all(|line| line.trim().is_empty()) {
            (1..lines.len()).for_each(|_| self.feed(style));
            return;
        }
        if self.line != Line::Empty {
            self.feed(style);
        }
        let language = match &style.face {
            Face::Pre(Some(language)) => language,
            Face::Pre(None) | Face::Text | Face::Sign | Face::Code | Face::Link(_) => "",
        };
        let quote = if style.quote.is_some() { "> " } else { "" };
        self.written.push_str(&format!("{quote}{FENCE}{language}\n"));
        for line in lines {
            self.written.push_str(&format!("{quote}{line}\n"));
        }
        self.written.push_str(&format!("{quote}{FENCE}"));
        self.space.clear();
        self.line = Line::Full;
    }

    /// What stands before the first text of a line.
    fn begin(&mut self, style: &Style) {
        if self.line != Line::Empty {
            return;
        }
        self.line = Line::Begun;
        if style.quote.is_some() {
            self.written.push_str("> ");
        }
        if (1..=3).contains(&style.heading) {
            self.written.push_str(&"#".repeat(usize::from(style.heading)));
            self.written.push(' ');
            self.space.clear();
        }
    }

    /// Ends the line. An empty one does not end the quotation that it is in.
    fn feed(&mut self, style: &Style) {
        self.close(0);
        self.space.clear();
        if self.line == Line::Empty && style.quote.is_some() {
            self.written.push_str("> ");
        }
        self.written.push('\n');
        (self.line, self.is_closed) = (Line::Empty, false);
    }

    /// Closes all but the outermost marks.
    fn close(&mut self, kept: usize) {
        while self.open.len() > kept {
            if let Some(mark) = self.open.pop() {
                self.written.push_str(&mark.close());
                self.is_closed = true;
            }
        }
    }
}
